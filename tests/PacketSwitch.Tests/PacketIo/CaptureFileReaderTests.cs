// Capture files of every kind, whole and broken.

using PacketSwitch.PacketIo;
using Xunit;

namespace PacketSwitch.Tests.PacketIo;

public sealed class CaptureFileReaderTests : IDisposable
{
    private const int RawIpLinkType = 101;
    private readonly TemporaryFolder _files = new();

    [Theory]
    [InlineData(false, false, 1_500_000_001_000_456_000)]
    [InlineData(true, false, 1_500_000_001_000_456_000)]
    [InlineData(false, true, 1_500_000_001_000_000_456)]
    [InlineData(true, true, 1_500_000_001_000_000_456)]
    public void A_pcap_of_either_byte_order_and_resolution_is_read_exactly(
        bool isBigEndian, bool isNanosecond, long timeNs)
    {
        string path = _files.WriteBytes("a.pcap", CaptureBytes.Pcap(
            isBigEndian,
            isNanosecond,
            1,
            (1_500_000_001, 456, TestFrames.Make(1)),
            (0, 0, TestFrames.Make(2))));
        using CaptureFileReader reader = Open(path);

        Assert.True(reader.TryRead(out CaptureFrame first));
        Assert.Equal((1, timeNs), (first.Number, first.TimeNs));
        Assert.Equal(TestFrames.Make(1), first.Bytes.ToArray());
        Assert.Equal(TestFrames.Make(1).Length + 5, first.WireLength);
        Assert.True(reader.TryRead(out CaptureFrame second));
        Assert.Equal((2, 0), (second.Number, second.TimeNs));
        Assert.False(reader.TryRead(out _));
        Assert.Null(reader.Problem);
    }

    [Fact]
    public void A_pcapng_is_read_with_all_its_nanoseconds()
    {
        string path = _files.WriteBytes("a.pcapng", CaptureBytes.PcapNg(
            (1_700_000_000_123_456_789, TestFrames.Make(1, 61)),
            (1_700_000_000_123_456_790, TestFrames.Make(2))));

        List<(long TimeNs, byte[] Bytes)> frames = TemporaryFolder.ReadCapture(path);

        Assert.Equal(
            [1_700_000_000_123_456_789, 1_700_000_000_123_456_790],
            frames.Select(frame => frame.TimeNs));
        Assert.Equal(
            [TestFrames.Make(1, 61), TestFrames.Make(2)], frames.Select(frame => frame.Bytes));
    }

    [Theory]
    [InlineData(CaptureBytes.FrameHeaderBytes - 1)]
    [InlineData(CaptureBytes.FrameHeaderBytes + 10)]
    [InlineData(1)]
    public void A_truncated_file_gives_its_whole_frames_and_says_so(int bytesOfThird)
    {
        byte[] whole = CaptureBytes.Pcap(
            false,
            true,
            1,
            (1, 0, TestFrames.Make(1)),
            (2, 0, TestFrames.Make(2)),
            (3, 0, TestFrames.Make(3)));
        int third = CaptureBytes.FileHeaderBytes + (2 * (CaptureBytes.FrameHeaderBytes + 64));
        string path = _files.WriteBytes("cut.pcap", whole[..(third + bytesOfThird)]);
        using CaptureFileReader reader = Open(path);

        Assert.True(reader.TryRead(out _));
        Assert.True(reader.TryRead(out _));
        Assert.Null(reader.Problem);
        Assert.False(reader.TryRead(out _));
        Assert.False(reader.TryRead(out _));

        Assert.True(reader.IsTruncated);
        Assert.Equal(
            $"capture {path}: is truncated after frame 2; the frames before that are used, "
            + "copy the file again for the rest", reader.Problem!.Message);
        Assert.Equal(2, reader.Problem.ExitCode);
    }

    [Fact]
    public void A_frame_with_an_impossible_length_ends_the_file_with_a_problem()
    {
        byte[] file = CaptureBytes.Pcap(
            false, true, 1, (1, 0, TestFrames.Make(1)), (2, 0, TestFrames.Make(2)));
        int length = CaptureBytes.FileHeaderBytes + CaptureBytes.FrameHeaderBytes + 64 + 8;
        file.AsSpan(length, 4).Fill(0x7f);
        using CaptureFileReader reader = Open(_files.WriteBytes("bad.pcap", file));

        Assert.True(reader.TryRead(out _));
        Assert.False(reader.TryRead(out _));

        Assert.StartsWith(
            $"capture {reader.Path}: cannot be read after frame 1: ", reader.Problem!.Message);
    }

    [Fact]
    public void Another_link_type_is_refused_by_name()
    {
        string path = _files.WriteBytes("raw.pcap", CaptureBytes.Pcap(false, false, RawIpLinkType));

        PortProblem problem = Refused(path);

        Assert.StartsWith($"capture {path}: has link type Raw", problem.Message);
        Assert.EndsWith(
            "not Ethernet; capture on an Ethernet interface (not on 'any')", problem.Message);
    }

    [Fact]
    public void What_is_no_capture_is_refused_with_one_line()
    {
        string text = _files.WriteBytes(
            "a.txt", "This is a configuration, not a capture."u8.ToArray());
        string empty = _files.WriteBytes("empty.pcap", []);

        Assert.StartsWith(
            $"capture {text}: is not a capture that can be read: ", Refused(text).Message);
        Assert.StartsWith(
            $"capture {empty}: is not a capture that can be read: ", Refused(empty).Message);
        string missing = _files.PathOf("no.pcap");
        Assert.Equal($"capture {missing}: does not exist", Refused(missing).Message);
        string folder = _files.PathOf(".");
        Assert.Equal(
            $"capture {folder}: is a directory; name a pcap or pcapng file",
            Refused(folder).Message);
    }

    public void Dispose() => _files.Dispose();

    private static CaptureFileReader Open(string path)
    {
        Assert.True(CaptureFileReader.TryOpen(
            path, out CaptureFileReader? reader, out PortProblem? problem),
            problem?.Message);
        return reader!;
    }

    private static PortProblem Refused(string path)
    {
        Assert.False(CaptureFileReader.TryOpen(
            path, out CaptureFileReader? reader, out PortProblem? problem));
        Assert.Null(reader);
        Assert.Equal(2, problem!.ExitCode);
        Assert.DoesNotContain('\n', problem.Message);
        return problem;
    }
}
