// RecordingPort writes down what passes and changes nothing.

using PacketSwitch.DataPlane;
using PacketSwitch.PacketIo;
using Xunit;

namespace PacketSwitch.Tests.PacketIo;

public sealed class RecordingPortTests
{
    [Fact]
    public void Frames_in_and_out_are_recorded_in_order_with_the_time_and_failed_ones_are_not()
    {
        using var files = new TemporaryFolder();
        Assert.True(CaptureFileWriter.TryCreate(
            files.PathOf("r.pcap"), out CaptureFileWriter? writer, out _));
        var inner = new MemoryPort(3);
        long nowNs = 0;
        var port = new RecordingPort(inner, writer!, () => nowNs += 1_000);
        inner.Enqueue(TestFrames.Make(0));
        inner.Enqueue(TestFrames.Make(1));
        var burst = new FrameBurst();

        Assert.Equal(2, port.Receive(burst));
        port.Release(burst);
        Assert.Equal(2, port.Send(TestFrames.Describe(
            TestFrames.Make(2), TestFrames.Make(3, 5000), TestFrames.Make(4))));
        port.Dispose();

        Assert.Null(port.Problem);
        Assert.Equal(3, port.Id);
        Assert.Equal(
            [(1_000, 0), (1_000, 1), (2_000, 2), (2_000, 4)],
            TemporaryFolder.ReadCapture(files.PathOf("r.pcap"))
                .Select(frame => (frame.TimeNs, TestFrames.Number(frame.Bytes))));
        Assert.Equal(2, inner.SentFrames);
    }
}
