// A replay as one pcapng file: every frame at every port, with the switch's verdict, server and reason as its comment, and one packet id for a
// frame and its copies (INTERFACE: annotated pcapng). Fed by a StepRecorder. Two runs give the same bytes.

using System.Security.Cryptography;
using System.Text;
using PacketSwitch.Control.Config;
using PacketSwitch.Explain;
using PacketSwitch.PacketIo;
using PacketSwitch.Wire;

namespace PacketSwitch.Replay;

/// <summary>Writes recorded frames with their explanation.</summary>
internal sealed class AnnotatedCapture : IDisposable
{
    private readonly PcapngWriter _writer;
    private readonly Surroundings _names;
    private FrameTrace? _last;
    private string _comment = "";

    private AnnotatedCapture(PcapngWriter writer, Surroundings names)
    {
        _writer = writer;
        _names = names;
    }

    public PortProblem? Problem => _writer.Problem;

    /// <summary>Frames that entered, and frames that left.</summary>
    public long Inbound { get; private set; }
    public long Outbound { get; private set; }

    /// <summary>Copies, each joined to its frame by the packet id.</summary>
    public long Copies { get; private set; }

    /// <summary>Comments in the file.</summary>
    public long Comments => _writer.CommentsWritten;

    /// <summary>Begins the file: the ports as interfaces, names of virtual and real servers, the configuration's hash.</summary>
    public static bool TryCreate(
        string path, SwitchConfig config, string configFile, out AnnotatedCapture? capture, out PortProblem? problem)
    {
        capture = null;
        string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(ConfigWriter.Write(config))));
        string comment = $"PacketSwitch replay; configuration {Path.GetFileName(configFile)} sha256:{hash}";
        if (!PcapngWriter.TryCreate(path, comment, out PcapngWriter? writer, out problem))
        {
            return false;
        }
        var names = new Surroundings(config, [.. config.Ports.Select(port => port.Id)]);
        for (int port = 0; port < config.Ports.Count; port++)
        {
            string behind = config.Ports[port].Interface is { Length: > 0 } name ? $"interface {name}" : "no interface";
            writer!.AddInterface(names.Interface(port), behind);
        }
        writer!.AddNames(Names(config));
        capture = new AnnotatedCapture(writer, names);
        return true;
    }

    /// <summary>A frame came or went.</summary>
    public void Add(RecordedFrame frame)
    {
        _ = frame.IsInbound ? Inbound++ : Outbound++;
        Copies += frame.IsCopy ? 1 : 0;
        long id = frame.IsInbound || frame.IsCopy ? frame.Trace?.Number ?? 0 : 0;
        _writer.Write(
            frame.Port, frame.TimeNs, frame.Bytes, frame.WireLength, frame.IsInbound, id, CommentOf(frame));
    }

    /// <summary>A line of figures, the same that other programs count in the file.</summary>
    public string Figures(string path)
        => $"{path}: {Inbound} frames in, {Outbound} out, {Copies} of them copies joined by packet id, {Comments} comments";

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
            _comment = Explanation.Of(trace, _names).Brief;
        }
        return frame.IsInbound || frame.IsCopy
            ? $"#{trace.Number} {_comment}" : $"ORIGINATED because of #{trace.Number}, which was {_comment}";
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
