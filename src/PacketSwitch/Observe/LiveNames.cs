// What an observed frame is called in lines and captures: names of the configuration that runs, and
// what became of it in one sentence. A running switch tells no steps, so the sentence says what
// the verdict and the configuration say; where explain has the same facts, the words are the same.

using PacketSwitch.Control.Config;
using PacketSwitch.DataPlane;
using PacketSwitch.Explain;
using PacketSwitch.Reports;
using PacketSwitch.Wire;

namespace PacketSwitch.Observe;

/// <summary>Names of a running switch at one moment.</summary>
internal sealed class LiveNames
{
    private readonly LiveView _view;

    public LiveNames(LiveView view)
    {
        _view = view;
        Config = view.Config.Running;
        Names = new Surroundings(Config, [.. view.Ports.Select(port => port.Id)]);
    }

    public SwitchConfig Config { get; }

    public Surroundings Names { get; }

    /// <summary>The ports as a capture names them, and what is behind each.</summary>
    public IEnumerable<(string Name, string Behind)> Interfaces => _view.Ports.Select(
        (port, index) => (port.Id == Limits.HostPortId ? "host" : Names.Interface(index),
            $"interface {port.Name}"));

    /// <summary><c>port 8</c>, or the host's own stack.</summary>
    public string Port(int index)
        => Names.PortIds[index] == Limits.HostPortId ? "host" : $"port {Names.PortIds[index]}";

    /// <summary>What became of a frame, as replay and explain say it.</summary>
    public string Brief(FrameTrace trace)
    {
        string waited = trace.Waited ? ", after it waited" : "";
        return (IsOfSession(trace.Info) ? OfSession(trace)
            : Explanation.Of(trace, Names).Brief) + waited;
    }

    private static bool IsOfSession(in FrameInfo info)
        => info.Verdict == Verdict.Transmit && info.Pass is PassReason.Session or PassReason.New;

    private string OfSession(FrameTrace trace)
    {
        FrameInfo info = trace.Info;
        string real = Names.Real(info.Real);
        string where = IsFromServer(trace) ? $"to the client, from {real}" : $"to {real}";
        return info.Pass == PassReason.Session ? $"FORWARDED {where}, known session"
            : $"FORWARDED {where}, new session: {Choice(trace)}";
    }

    // The virtual server's group and metric; without one the client asked for the server itself.
    private string Choice(FrameTrace trace)
    {
        int? port = FlowEnds.Of(trace.Bytes, trace.WireLength).DestinationPort;
        ServiceConfig? service = Config.FindVirt(trace.Info.Virt)?.Services
            .FirstOrDefault(each => each.Port == port || each.Port == 0);
        return trace.Info.Virt == 0 ? "direct access"
            : service is null ? Names.Virt(trace.Info.Virt)
            : $"{Names.Virt(trace.Info.Virt)} > group {service.Group}, "
                + Names.Metric(service.Group);
    }

    private bool IsFromServer(FrameTrace trace)
        => Config.FindReal(trace.Info.Real)?.Address is { } address
            && FlowEnds.Of(trace.Bytes, trace.WireLength).Source == address.ToString();
}
