// The frames that fuzz begins with: the lines of corpus.txt in both families, well-formed frames at random, and the frames of foreign captures where
// they are at hand. Used by SwitchFuzzTests.

using PacketSwitch.Control.Config;
using PacketSwitch.PacketIo;
using PacketSwitch.Tests.Control.Config;
using PacketSwitch.Tests.Scenarios;
using PacketSwitch.Tests.Wire;
using PacketSwitch.Wire;

namespace PacketSwitch.Tests.Fuzz;

/// <summary>A frame and the index of the port at which it enters.</summary>
internal readonly record struct CorpusFrame(int Port, byte[] Bytes);

internal static class FuzzCorpus
{
    private const int RandomCount = 64;
    private const int MostPerCapture = 64;
    private const int MostBytes = 9_000;

    /// <summary>The folder with corpus and configuration.</summary>
    public static string Folder { get; } = Path.Combine(Texts.RepositoryRoot, "tests", "PacketSwitch.Tests", "Fuzz");

    /// <summary>The frames of the corpus file, in its order; these open sessions.</summary>
    public static List<CorpusFrame> OwnFrames(SwitchConfig config, MacAddress switchMac, bool isV6)
    {
        var hosts = new ScenarioHosts(config, switchMac);
        var builder = new FrameBuilder(hosts);
        var frames = new List<CorpusFrame>();
        foreach (string text in File.ReadLines(Path.Combine(Folder, "corpus.txt")).Where(text => !text.StartsWith('#')))
        {
            FrameLine line = FrameLine.Parse(isV6 ? FamilyMap.Line(text) : text, hosts);
            int port = config.Ports.ToList().FindIndex(candidate => candidate.Id == int.Parse(line.Port));
            frames.Add(new CorpusFrame(port, builder.Build(line.Facts, out _)));
        }
        return frames;
    }

    /// <summary>Well-formed frames of nobody in particular.</summary>
    public static IEnumerable<CorpusFrame> RandomFramesOf(Random random, int ports)
        => Enumerable.Range(0, RandomCount).Select(_ => new CorpusFrame(random.Next(ports), RandomFrames.Next(random)));

    /// <summary>Frames of the foreign captures, none where there is no folder of them.</summary>
    public static IEnumerable<CorpusFrame> ForeignFrames()
    {
        string folder = Environment.GetEnvironmentVariable("PACKETSWITCH_CAPTURES")
            ?? Path.Combine(Texts.RepositoryRoot, "..", "shared", "captures");
        if (!Directory.Exists(folder))
        {
            yield break;
        }
        foreach (string path in Directory.EnumerateFiles(folder, "*.pcap*").Order(StringComparer.Ordinal))
        {
            foreach (byte[] frame in Read(path))
            {
                yield return new CorpusFrame(0, frame);
            }
        }
    }

    private static List<byte[]> Read(string path)
    {
        var frames = new List<byte[]>();
        if (!CaptureFileReader.TryOpen(path, out CaptureFileReader? reader, out _))
        {
            return frames;
        }
        using (reader)
        {
            while (frames.Count < MostPerCapture && reader!.TryRead(out CaptureFrame frame))
            {
                frames.Add(frame.Bytes[..Math.Min(frame.Bytes.Length, MostBytes)].ToArray());
            }
        }
        return frames;
    }
}
