// The bytes of written captures, and what is said when they cannot be written.

using PacketSwitch.PacketIo;
using Xunit;

namespace PacketSwitch.Tests.PacketIo;

public sealed class CaptureFileWriterTests : IDisposable
{
    private readonly TemporaryFolder _files = new();

    [Fact]
    public void The_file_is_a_nanosecond_pcap_byte_for_byte()
    {
        string path = _files.WriteCapture("a.pcap", (1_500_000_001_000_000_456, [1, 2, 3]));

        Assert.Equal(
        [
            0x4d, 0x3c, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 1, 0, 0, 0,
            0x01, 0x2f, 0x68, 0x59, 0xc8, 0x01, 0, 0, 3, 0, 0, 0, 3, 0, 0, 0, 1, 2, 3,
        ], File.ReadAllBytes(path));
    }

    [Fact]
    public void What_was_written_is_read_back()
    {
        (long, byte[])[] frames =
        [
            (0, TestFrames.Make(1)),
            (999_999_999, TestFrames.Make(2, 1514)),
            (1_999_999_999_999_999_999, TestFrames.Make(3, 65_549)),
        ];

        string path = _files.WriteCapture("a.pcap", frames);

        Assert.Equal(frames, TemporaryFolder.ReadCapture(path));
    }

    [Fact]
    public void A_folder_that_is_not_there_is_one_line_with_exit_code_2()
    {
        Assert.False(
            CaptureFileWriter.TryCreate("/nowhere/a.pcap", out _, out PortProblem? problem));

        Assert.StartsWith("capture /nowhere/a.pcap: cannot be written: ", problem!.Message);
        Assert.Equal(2, problem.ExitCode);
    }

    public void Dispose() => _files.Dispose();
}
