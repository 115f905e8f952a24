// A folder for the capture files of one test, deleted after it.

using PacketSwitch.PacketIo;
using Xunit;

namespace PacketSwitch.Tests.PacketIo;

internal sealed class TemporaryFolder : IDisposable
{
    private readonly string _path = Directory.CreateTempSubdirectory("packetswitch-").FullName;

    public string PathOf(string name) => Path.Combine(_path, name);

    public string WriteBytes(string name, byte[] bytes)
    {
        File.WriteAllBytes(PathOf(name), bytes);
        return PathOf(name);
    }

    public string WriteCapture(string name, params (long TimeNs, byte[] Bytes)[] frames)
    {
        Assert.True(
            CaptureFileWriter.TryCreate(PathOf(name), out CaptureFileWriter? writer, out _));
        foreach ((long timeNs, byte[] bytes) in frames) Assert.True(writer!.Write(timeNs, bytes));
        writer!.Dispose();
        return PathOf(name);
    }

    public static List<(long TimeNs, byte[] Bytes)> ReadCapture(string path)
    {
        Assert.True(CaptureFileReader.TryOpen(
            path, out CaptureFileReader? reader, out PortProblem? problem),
            problem?.Message);
        using CaptureFileReader opened = reader!;
        List<(long, byte[])> frames = [];
        while (reader!.TryRead(out CaptureFrame frame)) frames.Add(
            (frame.TimeNs, frame.Bytes.ToArray()));
        return frames;
    }

    public void Dispose() => Directory.Delete(_path, recursive: true);
}
