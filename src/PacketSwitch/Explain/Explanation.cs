// Turns the trace of a frame into lines that a person reads: each step with the table, the
// candidates, why others were rejected, and the line of the configuration behind it. Pure: the same
// trace gives the same lines. Printed by ExplanationText.

using System.Globalization;
using PacketSwitch.DataPlane;
using PacketSwitch.Replay;
using PacketSwitch.Wire;

namespace PacketSwitch.Explain;

/// <summary>The explanation of one frame.</summary>
internal sealed class Explanation
{
    private const string UnknownCause = "failed its checks, or is drained";

    private readonly Surroundings _names;
    private readonly List<ExplainLine> _lines = [];

    private Explanation(FrameTrace trace, Surroundings names)
    {
        Trace = trace;
        _names = names;
    }

    public FrameTrace Trace { get; }

    /// <summary>The steps, in order.</summary>
    public IReadOnlyList<ExplainLine> Lines => _lines;

    /// <summary>The last line: <c>FORWARDED to real 2 (web2)</c>.</summary>
    public string Verdict { get; private set; } = "";

    /// <summary>
    /// The verdict with its cause in one sentence, for <c>--brief</c> and the comments of captures.
    /// </summary>
    public string Brief { get; private set; } = "";

    public static Explanation Of(FrameTrace trace, Surroundings names)
    {
        var explanation = new Explanation(trace, names);
        explanation.Explain();
        return explanation;
    }

    private void Explain()
    {
        AddParse();
        FrameInfo first = Trace.First;
        int port = _names.PortIds[first.Port];
        Add("port", _names.Role(first.Port), $"port {port} {RoleWords(first.Port)}",
            _names.Source($"port {port}"));
        if (!_names.Config.SlbOn)
        {
            Add("slb", "off", "server load balancing is off: the switch is a bridge",
                _names.Source("slb"));
        }
        _lines.AddRange(ForwardingSteps.Before(Trace));
        foreach (TraceStep step in Trace.Steps)
        {
            AddStep(step);
        }
        _lines.AddRange(ForwardingSteps.After(Trace, _names));
        AddOpening();
        AddNeighbor();
        AddRewrite();
        AddOutput();
        Conclude();
    }

    private void AddParse()
    {
        FrameInfo first = Trace.First;
        if (first.Verdict == DataPlane.Verdict.Drop)
        {
            Add("parse", ReasonText.Of(first.Drop), ReasonText.Meaning(first.Drop));
            return;
        }
        string tags = first.VlanTags == 0 ? "" : $" vlan {first.VlanId}";
        string network = first.EtherType switch
        {
            EtherTypes.Ipv4 => " ipv4",
            EtherTypes.Ipv6 => " ipv6",
            EtherTypes.Arp => " arp",
            _ => Invariant($" type 0x{first.EtherType:x4}"),
        };
        string transport = first.Kind is FrameKind.Arp or FrameKind.Other ? ""
            : first.IsFragment ? " fragment" : " " + ProtocolWord(first.Protocol);
        string flags = first.Protocol == IpProtocol.Tcp && !first.IsFragment
            ? $" {FrameText.Describe(first.TcpFlags)}" : "";
        string sum = first.EtherType == EtherTypes.Ipv4 ? "; IP header checksum right" : "";
        string super = first.IsSuperFrame ? "; a super-frame" : "";
        Add("parse", "ok", $"eth{tags}{network}{transport}{flags}{sum}{super}");
    }

    private void AddStep(TraceStep step)
    {
        switch (step)
        {
            case SessionStep { Found: null } session:
                string one = session.Sessions == 1 ? "session" : "sessions";
                Add("session", "miss", Invariant($"not among {session.Sessions} {one}"));
                break;
            case SessionStep { Found: { } found }:
                Add("session", "hit", Invariant($"#{found.Number}, {StageWord(found.Stage)}, ")
                    + (found.FromClient ? "from the client" : "from the server")
                    + Invariant($", {_names.Real(found.Real)}, opened {found.AgeSeconds} s ago, ")
                    + Invariant($"idle {found.IdleSeconds} of {found.TimeoutSeconds} s"));
                break;
            case VirtStep { Service: null } virt:
                Add("virt", "no service",
                    $"{_names.Virt(virt.Virt.Id)} has {Services(virt.Virt.Id)}",
                    _names.Source($"virt {virt.Virt.Id}"));
                break;
            case VirtStep { Service: { } service }:
                AddService(service);
                break;
            case BindingStep binding:
                Add("sticky", binding.Real is null ? "none" : "bound", binding.Real is { } real
                    ? $"the client is bound to {_names.Real(real.Id)}"
                        : "the client is bound to no server that may serve it",
                    _names.Source(PathOf(binding.Service), "pbind"));
                break;
            case PickStep pick:
                AddPick(pick);
                break;
            case OpenStep { Opening: not SessionOpening.Opened } open:
                Add("session", "refused", open.Opening switch
                {
                    SessionOpening.ServerKeyExists
                        => $"{_names.Real(open.Real.Id)}: another session, or no proxy port left, "
                        + "stands in the way of this client's address and port there",
                    SessionOpening.ClientKeyExists => "another loop has just opened it",
                    _ => "no room in the session table",
                });
                break;
        }
    }

    private void AddService(VirtualService service)
    {
        string port = service.Port == 0 ? "every port (layr3)"
            : Invariant($"service {service.Port}");
        string real = service.RealPort == 0 ? "" : Invariant($", rport {service.RealPort}");
        string mode = service.Mode switch
        {
            ForwardingMode.Dsr => ", direct server return",
            ForwardingMode.FullNat => ", full NAT by proxy address",
            _ => "",
        };
        Add("virt", "hit",
            $"{_names.Virt(service.VirtId)} {port} > group {service.Group.Id}{real}{mode}",
            _names.Source(PathOf(service)));
        if (service.Binding is null)
        {
            Add("sticky", "off", "pbind off");
        }
    }

    private void AddPick(PickStep pick)
    {
        Candidate[] skipped = [.. pick.Candidates.Where(candidate => !candidate.IsPossible)];
        string who = skipped.Length == 0 ? "all may serve" : string.Join("; ", skipped.Select(
            candidate => $"{_names.Real(candidate.Member)} skipped: {WhySkipped(candidate)}"));
        int possible = pick.Candidates.Length - skipped.Length;
        who = pick.Candidates.Length == 0 ? "it has no members of this address family" : who;
        string? skippedAt = skipped.Length == 0 ? null : _names.Source($"real {skipped[0].Member}");
        Add("group", Invariant($"{possible} of {pick.Candidates.Length}"),
            $"group {pick.Group}: {who}",
            skippedAt ?? _names.Source($"group {pick.Group}"));
        Add("metric", _names.Metric(pick.Group),
            MetricText.Of(pick, _names.Metric(pick.Group), _names),
            _names.Source($"group {pick.Group}", "metric"));
    }

    private string WhySkipped(Candidate candidate)
    {
        if (candidate.Server is { } server)
        {
            return candidate.Mark switch
            {
                MemberMark.Tried => "tried for this session",
                MemberMark.Waiting => "in slow start, and this session is not of its share",
                _ => Invariant(
                    $"full, {candidate.Sessions} of maxcon {server.MaxConnections} sessions"),
            };
        }
        return _names.Config.FindReal(candidate.Member) switch
        {
            null => "not defined",
            { Enabled: false } => "disabled",
            { Weight: 0 } => "weight 0 takes no new sessions",
            _ => "not in service "
                + $"({_names.NotServing.GetValueOrDefault(candidate.Member, UnknownCause)})",
        };
    }

    private void AddOpening()
    {
        FrameInfo info = Trace.Info;
        if (info.Pass != PassReason.New
            || info.Verdict is not (DataPlane.Verdict.Transmit or DataPlane.Verdict.Held))
        {
            return;
        }
        uint seconds = _names.Config.FindReal(info.Real) is { } real
            ? (uint)real.TimeoutMinutes * 60 : 0;
        Add("session", "new", $"opened with {_names.Real(info.Real)}"
            + (seconds == 0 ? ""
                : Invariant($"; once established it lives {seconds / 60} min idle")),
            _names.Source($"real {info.Real}", "tmout"));
    }

    // The throw-away switch has a made-up MAC for it, so that its way can be told to the end.
    private void AddNeighbor()
    {
        FrameInfo info = Trace.Info;
        if (_names.Unresolved.Contains(info.Real) && info.Verdict == DataPlane.Verdict.Transmit
            && !FromServer())
        {
            Add("arp", "asked", $"the MAC of {_names.Real(info.Real)} is not known yet: the frame "
                + "waits up to three seconds for the answer; the MAC below is made up");
        }
    }

    private void AddRewrite()
    {
        if (Trace.Copies.Count == 0)
        {
            return;
        }
        List<FrameFields.Change> changes = FrameFields.Changes(Trace.Bytes, Trace.Copies[0].Bytes);
        string[] sums = [.. changes.Where(
            change => change.Name.EndsWith("checksum", StringComparison.Ordinal)).Select(Arrow)];
        string[] fields =
            [.. changes.Where(change => !change.Name.EndsWith("checksum", StringComparison.Ordinal))
            .Select(Arrow)];
        Add("rewrite", changes.Count == 0 ? "none" : RewriteWord(changes),
            changes.Count == 0 ? "unchanged, byte for byte" : string.Join("   ", fields));
        if (sums.Length > 0)
        {
            Add("", "checksum", string.Join("   ", sums));
        }
    }

    private void AddOutput()
    {
        foreach (IGrouping<int, RecordedFrame> copies in Trace.Copies.GroupBy(copy => copy.Port))
        {
            int count = copies.Count();
            string how = count == 1 ? Invariant($"{copies.First().Bytes.Length} bytes")
                : Invariant($"{count} segments, {copies.Sum(copy => copy.Bytes.Length)} bytes");
            int id = _names.PortIds[copies.Key];
            Add("output", $"port {id}", how, _names.Source($"port {id}"));
        }
        foreach (var same in Trace.Answers.GroupBy(
            answer => (answer.Port, Text: FrameText.Describe(answer.Bytes))))
        {
            string times = same.Count() == 1 ? "" : Invariant($", {same.Count()} times");
            string step = ForwardingSteps.IsQuestion(same.First().Bytes) ? "ask" : "answer";
            Add(step, $"port {_names.PortIds[same.Key.Port]}", same.Key.Text + times);
        }
    }

    private void Conclude()
    {
        FrameInfo info = Trace.Info;
        switch (info.Verdict)
        {
            case DataPlane.Verdict.Drop:
                string reason = ReasonText.Of(info.Drop);
                DropAdvice advice = DropAdvice.Of(info, _names);
                Add("drop", reason, ReasonText.Meaning(info.Drop), advice.Source);
                Verdict = $"DROPPED {reason}: {advice.Text}";
                Brief = Verdict;
                break;
            case DataPlane.Verdict.Punt:
                Verdict = info.Pass switch
                {
                    PassReason.Echo => "PUNTED echo: the switch answers pings to its own addresses",
                    PassReason.Host
                        => "PUNTED host: to the switch's own address, handed to the host's stack",
                    _ => "PUNTED arp: the switch answers for this address itself",
                };
                Brief = Verdict;
                break;
            case DataPlane.Verdict.Transmit:
                Verdict = $"FORWARDED {Where(info)}";
                Brief = $"{Verdict}{Why(info)}";
                break;
            default:
                Verdict = ForwardingSteps.AwaitedHop(Trace) is { } hop
                    ? $"HELD: the switch asks for the MAC of {hop}, and the frame waits for the "
                        + "answer: it goes there as soon as it comes, and is dropped (no-arp) "
                        + "when none comes in three seconds"
                    : "HELD: it waits for a neighbour's MAC, or for the first fragment of its "
                        + "datagram";
                Brief = Verdict;
                break;
        }
    }

    private string Where(in FrameInfo info) => info.Pass switch
    {
        PassReason.Session or PassReason.New => FromServer()
            ? $"to the client, from {_names.Real(info.Real)}" : $"to {_names.Real(info.Real)}",
        PassReason.IcmpError
            => $"icmp-error: an ICMP error about a session of {_names.Real(info.Real)}, translated",
        PassReason.Flood
            => "to all other ports: its destination MAC is a group's or not learned (flood)",
        PassReason.Bridge => "by its destination MAC, unchanged (bridge)",
        PassReason.Route => "by routing, to the next hop (route)",
        _ => ReasonText.Of(info.Pass),
    };

    private string Why(in FrameInfo info)
    {
        if (info.Pass == PassReason.Session)
        {
            return ", known session";
        }
        if (info.Pass != PassReason.New)
        {
            return "";
        }
        if (Trace.Steps.OfType<BindingStep>().LastOrDefault() is { Real: { } bound }
            && bound.Id == info.Real)
        {
            return ", new session: sticky";
        }
        return Trace.Steps.OfType<PickStep>().LastOrDefault() is { } pick
            ? $", new session: {_names.Metric(pick.Group)} "
                + $"{MetricText.Brief(pick, _names.Metric(pick.Group))}"
            : ", new session: direct access";
    }

    private bool FromServer()
        => Trace.Steps.OfType<SessionStep>().LastOrDefault() is { Found: { FromClient: false } };

    private string Services(int virt)
    {
        string[] ports = [.. (_names.Config.FindVirt(virt)?.Services ?? [])
            .Select(service
                => Invariant($"{service.Port}/{service.Protocol.ToString().ToLowerInvariant()}"))];
        return ports.Length == 0 ? "no services"
            : $"services {string.Join(", ", ports)}, not this port and protocol";
    }

    private string PathOf(VirtualService service)
        => _names.Service(service)?.Path ?? $"virt {service.VirtId}";

    private string RoleWords(int index) => _names.Config.FindPort(_names.PortIds[index]) switch
    {
        { Client: true, Server: true } => "client ena, server ena",
        { Client: true } => "client ena",
        { Server: true } => "server ena",
        _ => "has no role: no session is opened or matched here",
    };

    private static string RewriteWord(List<FrameFields.Change> changes)
    {
        bool Has(string name) => changes.Exists(
            change => change.Name is var each && (each == $"ip.{name}" || each == $"ipv6.{name}"));
        return Has("src") && Has("dst") ? "full nat" : Has("dst") ? "dnat" : Has("src") ? "snat"
            : changes.TrueForAll(change => change.Name.StartsWith("eth.", StringComparison.Ordinal))
                ? "macs" : "changed";
    }

    private static string Arrow(FrameFields.Change change)
        => $"{change.Name} {change.From} > {change.To}";

    private static string StageWord(TcpStage stage) => stage switch
    {
        TcpStage.None => "udp",
        TcpStage.HalfOpen => "half-open",
        TcpStage.SynReceived => "syn-received",
        _ => stage.ToString().ToLowerInvariant(),
    };

    private static string ProtocolWord(byte protocol) => protocol switch
    {
        IpProtocol.Tcp => "tcp",
        IpProtocol.Udp => "udp",
        IpProtocol.Icmp => "icmp",
        IpProtocol.IcmpV6 => "icmpv6",
        _ => Invariant($"protocol {protocol}"),
    };

    private void Add(string step, string result, string text, string? source = null)
        => _lines.Add(new ExplainLine(step, result, text, source));

    private static string Invariant(FormattableString text)
        => text.ToString(CultureInfo.InvariantCulture);
}
