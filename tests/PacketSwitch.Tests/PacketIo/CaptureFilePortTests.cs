// CaptureFilePort as a port, and what the replay driver needs of it besides.

using PacketSwitch.DataPlane;
using PacketSwitch.PacketIo;
using Xunit;

namespace PacketSwitch.Tests.PacketIo;

public sealed class CaptureFilePortTests : PacketPortContract
{
    [Fact]
    public void Only_the_admitted_frame_is_received()
    {
        using var files = new TemporaryFolder();
        string input = files.WriteCapture(
            "in.pcap", (1_000, TestFrames.Make(1)), (2_000, TestFrames.Make(2)));
        Assert.True(CaptureFilePort.TryOpen(8, input, null, out CaptureFilePort? port, out _));
        using CaptureFilePort opened = port!;
        var burst = new FrameBurst();

        Assert.Equal(0, port!.Receive(burst));
        Assert.True(port.TryPeek(out long timeNs, out long number));
        Assert.Equal((1_000, 1), (timeNs, number));
        Assert.Equal(0, port.Receive(burst));
        Assert.True(port.Admit());
        Assert.Equal(1, port.Receive(burst));
        Assert.Equal(1, TestFrames.Number(burst.Frames[0].Span));
        Assert.Equal(1, port.FrameNumber);
        Assert.Equal(0, port.Receive(burst));
        Assert.True(port.TryPeek(out timeNs, out number));
        Assert.Equal((2_000, 2), (timeNs, number));
        Assert.True(port.Admit());
        Assert.Equal(1, port.Receive(burst));
        Assert.False(port.Admit());
        Assert.False(port.TryPeek(out _, out _));
    }

    [Fact]
    public void Sent_frames_carry_the_time_that_was_set()
    {
        using var files = new TemporaryFolder();
        string output = files.PathOf("out.pcap");
        Assert.True(CaptureFilePort.TryOpen(8, null, output, out CaptureFilePort? port, out _));

        port!.CurrentTimeNs = 1_700_000_000_123_456_789;
        port.Send(TestFrames.Describe(TestFrames.Make(1)));
        port.Dispose();

        Assert.Null(port.Problem);
        (long timeNs, byte[] bytes) = Assert.Single(TemporaryFolder.ReadCapture(output));
        Assert.Equal(1_700_000_000_123_456_789, timeNs);
        Assert.Equal(TestFrames.Make(1), bytes);
    }

    [Fact]
    public void A_file_cannot_be_input_and_output_of_a_port()
    {
        using var files = new TemporaryFolder();
        string input = files.WriteCapture("in.pcap", (1, TestFrames.Make(1)));

        Assert.False(CaptureFilePort.TryOpen(8, input, input, out _, out PortProblem? problem));

        Assert.Equal(
            $"port 8: {input} is both input and output; name another file for --out",
            problem!.Message);
        Assert.Equal(2, problem.ExitCode);
        Assert.Single(TemporaryFolder.ReadCapture(input));
    }

    [Fact]
    public void A_problem_names_port_and_file()
    {
        Assert.False(
            CaptureFilePort.TryOpen(8, "/nowhere/in.pcap", null, out _, out PortProblem? problem));

        Assert.Equal("port 8: capture /nowhere/in.pcap: does not exist", problem!.Message);
        Assert.Equal(2, problem.ExitCode);
    }

    [Fact]
    public void A_full_disk_fails_the_frame_and_is_told()
    {
        Assert.True(
            CaptureFilePort.TryOpen(8, null, "/dev/full", out CaptureFilePort? port, out _));
        port!.Send(TestFrames.Describe(TestFrames.MakeMany(2000, 1000)));

        Assert.False(port.TryFlush());
        port.Dispose();

        Assert.StartsWith("capture /dev/full: writing failed after frame ", port.Problem!.Message);
    }

    private protected override PortHarness Open() => new Harness();

    private protected override PortHarness? OpenWithSmallQueue() => null;

    private protected override PortHarness? OpenCutting(byte[] frame)
    {
        var harness = new Harness();
        harness.InjectCut(frame, 128);
        return harness;
    }

    private sealed class Harness : PortHarness
    {
        private readonly TemporaryFolder _files = new();
        private readonly CaptureFileWriter _input;
        private CaptureFilePort? _port;

        public Harness()
        {
            Assert.True(CaptureFileWriter.TryCreate(
                _files.PathOf("in.pcap"), out CaptureFileWriter? input, out _));
            _input = input!;
        }

        public override IPacketPort Port => _port ??= OpenPort();

        public override void Inject(byte[] frame) => _input.Write(1_000, frame);

        public void InjectCut(byte[] frame, int length) =>
            _input.Write(1_000, frame.AsSpan(0, length), frame.Length);

        public override int Receive(FrameBurst burst)
        {
            _ = Port;
            _port!.Admit();
            return _port.Receive(burst);
        }

        public override List<byte[]> Collect(int count)
        {
            Assert.True(_port!.TryFlush());
            return [.. TemporaryFolder.ReadCapture(_files.PathOf("out.pcap"))
                .Select(frame => frame.Bytes)
                .Take(count)];
        }

        public override bool TryTakeDown()
        {
            _port!.IsUp = false;
            return true;
        }

        public override void BringUp() => _port!.IsUp = true;

        public override void SetMtu(int mtu)
        {
            // A file takes every length.
        }

        public override void Dispose()
        {
            _port?.Dispose();
            _input.Dispose();
            _files.Dispose();
        }

        private CaptureFilePort OpenPort()
        {
            _input.Dispose();
            bool opened = CaptureFilePort.TryOpen(
                8,
                _files.PathOf("in.pcap"),
                _files.PathOf("out.pcap"),
                out CaptureFilePort? port,
                out _);
            Assert.True(opened);
            return port!;
        }
    }
}
