// Frames as one pcapng file: every frame at every port, with the switch's verdict, server and
// reason as its comment, and one packet id for a frame and its copies (INTERFACE: annotated
// pcapng). Fed by the StepRecorder of a replay, whose two runs give the same bytes, and by a watch
// on a running switch.

using System.Security.Cryptography;
using System.Text;
using PacketSwitch.Control.Config;
using PacketSwitch.Explain;
using PacketSwitch.PacketIo;
using PacketSwitch.Wire;

namespace PacketSwitch.Replay;

/// <summary>Writes recorded frames with what became of them.</summary>
internal sealed class AnnotatedCapture : IDisposable
{
    private readonly PcapngWriter _writer;
    private readonly Func<FrameTrace, string> _brief;
    private FrameTrace? _last;
    private string _comment = "";

    private AnnotatedCapture(PcapngWriter writer, Func<FrameTrace, string> brief)
    {
        _writer = writer;
        _brief = brief;
    }

    public PortProblem? Problem => _writer.Problem;

    /// <summary>Frames that entered, and frames that left.</summary>
    public long Inbound { get; private set; }
    public long Outbound { get; private set; }

    /// <summary>Copies, each joined to its frame by the packet id.</summary>
    public long Copies { get; private set; }

    /// <summary>Comments in the file.</summary>
    public long Comments => _writer.CommentsWritten;

    /// <summary>
    /// Begins the file: the ports as interfaces, names of virtual and real servers, the
    /// configuration's hash.
    /// </summary>
    public static bool TryCreate(
        string path, SwitchConfig config, string configFile, out AnnotatedCapture? capture,
            out PortProblem? problem)
    {
        capture = null;
        if (!PcapngWriter.TryCreate(
            path, Comment("replay", config, configFile), out PcapngWriter? writer, out problem))
        {
            return false;
        }
        var names = new Surroundings(config, [.. config.Ports.Select(port => port.Id)]);
        capture = Begin(
            writer!, config, config.Ports.Select((port, index) => (names.Interface(index),
                port.Interface is { Length: > 0 } name ? $"interface {name}" : "no interface")),
            trace => Explanation.Of(trace, names).Brief);
        return true;
    }

    /// <summary>The same on a stream, of a running switch; the stream is its own.</summary>
    /// <param name="stream">Where it goes.</param>
    /// <param name="config">What runs.</param>
    /// <param name="configFile">Its file.</param>
    /// <param name="interfaces">The ports, each by its name and what is behind it.</param>
    /// <param name="brief">What became of a frame, in one sentence.</param>
    public static AnnotatedCapture To(
        Stream stream, SwitchConfig config, string configFile,
        IEnumerable<(string Name, string Behind)> interfaces, Func<FrameTrace, string> brief)
        => Begin(
            PcapngWriter.To(stream, Comment("capture", config, configFile)), config, interfaces,
            brief);

    private static AnnotatedCapture Begin(
        PcapngWriter writer, SwitchConfig config,
        IEnumerable<(string Name, string Behind)> interfaces, Func<FrameTrace, string> brief)
    {
        foreach ((string name, string behind) in interfaces)
        {
            writer.AddInterface(name, behind);
        }
        writer.AddNames(Names(config));
        return new AnnotatedCapture(writer, brief);
    }

    private static string Comment(string what, SwitchConfig config, string configFile)
    {
        string hash = Convert.ToHexStringLower(
            SHA256.HashData(Encoding.UTF8.GetBytes(ConfigWriter.Write(config))));
        string name = Path.GetFileName(configFile);
        return $"PacketSwitch {what}; configuration {name} sha256:{hash}";
    }

    /// <summary>A frame came or went.</summary>
    public void Add(RecordedFrame frame)
    {
        _ = frame.IsInbound ? Inbound++ : Outbound++;
        Copies += frame.IsCopy ? 1 : 0;
        long id = frame.IsInbound || frame.IsCopy ? frame.Trace?.Number ?? 0 : 0;
        _writer.Write(
            frame.Port, frame.TimeNs, frame.Bytes, frame.WireLength, frame.IsInbound, id,
                CommentOf(frame));
    }

    /// <summary>How many frames were seen at a port, and how many that were wanted are not
    /// here.</summary>
    public void AddStatistics(int port, long timeNs, long received, long missing)
        => _writer.WriteStatistics(port, timeNs, received, missing);

    /// <summary>A line of figures, the same that other programs count in the file.</summary>
    public string Figures(string path)
        => $"{path}: {Inbound} frames in, {Outbound} out, {Copies} of them copies joined by packet "
            + $"id, {Comments} comments";

    public void Dispose() => _writer.Dispose();

    private string CommentOf(RecordedFrame frame)
    {
        if (frame.Trace is not { } trace)
        {
            return "ORIGINATED by the switch itself";
        }
        if (trace != _last)
        {
            _last = trace;
            _comment = _brief(trace);
        }
        return frame.IsInbound || frame.IsCopy
            ? $"#{trace.Number} {_comment}"
                : $"ORIGINATED because of #{trace.Number}, which was {_comment}";
    }

    // The first name of an address holds: a VIP may stand in several virts.
    private static IEnumerable<(IpAddress Address, string Name)> Names(SwitchConfig config)
    {
        IEnumerable<(IpAddress? Address, string Name)> all =
        [
            .. config.Virts.Select(virt => (virt.Address, Name(virt.Name, $"virt{virt.Id}"))),
            .. config.Reals.Select(real => (real.Address, Name(real.Name, $"real{real.Id}"))),
        ];
        return all.Where(each => each.Address is not null)
            .Select(each => (each.Address!.Value, each.Name)).DistinctBy(each => each.Value)
            .Select(each => (each.Value, each.Name));
    }

    private static string Name(string said, string otherwise) => said.Length > 0 ? said : otherwise;
}
