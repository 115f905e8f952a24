// A slow, obvious model of the switch for whole TCP and UDP frames between one client port and one
// server port, with every server's MAC known: a dictionary of sessions and the rules of ALTEON.md
// sections 4 and 5, written down once more, without a thought for speed. It does not know how a
// metric chooses, only among whom; which server was chosen it is told. Compared with the switch by
// ReferenceSwitchTests.

using PacketSwitch.Control.Config;
using PacketSwitch.Wire;

namespace PacketSwitch.Tests.Properties.Reference;

/// <summary>What should become of a frame.</summary>
/// <param name="Verdict">The verdict, as scenarios say it; empty where bridging may be called by
/// either name.</param>
/// <param name="ToClients">Frames that should leave towards clients.</param>
/// <param name="ToServers">Frames that should leave towards servers.</param>
internal sealed record Expectation(
    string Verdict, List<PlainFrame> ToClients, List<PlainFrame> ToServers);

/// <summary>The model.</summary>
internal sealed class ReferenceSwitch(SwitchConfig config, string switchMac)
{
    private readonly Dictionary<string, ReferenceSession> _byClient = [];
    private readonly Dictionary<string, ReferenceSession> _byServer = [];
    private readonly HashSet<int> _failed = [];

    public IReadOnlyCollection<ReferenceSession> Sessions => _byClient.Values;

    /// <summary>What should become of a client's frame.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="bytes">Its bytes.</param>
    /// <param name="second">The time.</param>
    /// <param name="left">What really left towards servers: says who was chosen, and nothing else
    /// is taken from it.</param>
    public Expectation FromClient(PlainFrame frame, byte[] bytes, int second, PlainFrame? left)
    {
        if (_byClient.TryGetValue(ReferenceSession.ClientKey(frame), out ReferenceSession? session))
        {
            bool opensAnew = frame.Flags == "S" && session.Stage >= ReferenceStage.Closing;
            if (!opensAnew)
            {
                return Continue(session, frame, second, fromClient: true);
            }
            End(session);
        }
        VirtConfig? virt = config.Virts
            .FirstOrDefault(each => each.Address.ToString() == frame.Target);
        if (virt is null)
        {
            return IsBalanced(frame.Target, frame.TargetPort, frame.Protocol)
                ? Drop("dam-off") : new Expectation("", [], [frame]);
        }
        ServiceConfig? service = virt.Services.FirstOrDefault(
            each => each.Port == frame.TargetPort
                && (frame.Protocol == "tcp" ? each.HasTcp : each.HasUdp));
        if (service is null)
        {
            return frame.Protocol == "tcp" && virt.ResetWrongPort
                ? Refuse(frame, "incorrect-vport") : Drop("incorrect-vport");
        }
        return frame.Protocol == "tcp" && frame.Flags != "S"
            ? Refuse(frame, "no-session") : Open(service, frame, bytes, second, left);
    }

    /// <summary>What should become of a real server's frame.</summary>
    public Expectation FromServer(PlainFrame frame, int second)
    {
        string key =
            $"{frame.Protocol} {frame.Source} {frame.SourcePort} {frame.Target} {frame.TargetPort}";
        if (_byServer.TryGetValue(key, out ReferenceSession? session))
        {
            return Continue(session, frame, second, fromClient: false);
        }
        if (config.Virts.Any(virt => virt.Services.Any(
            service => service.ProxyAddresses.Any(proxy => proxy.ToString() == frame.Target))))
        {
            return frame.Protocol == "tcp"
                ? Refuse(frame, "no-session", toServer: true) : Drop("no-session");
        }
        return IsBalanced(frame.Source, frame.SourcePort, frame.Protocol)
            ? Drop("no-session") : new Expectation("", [frame], []);
    }

    /// <summary>
    /// A server has failed, or is back; then, or when time has passed, what ended is told to both
    /// sides.
    /// </summary>
    public Expectation At(int second, int? failed = null, int? up = null)
    {
        if (failed is { } down)
        {
            _failed.Add(down);
        }
        if (up is { } back)
        {
            _failed.Remove(back);
        }
        var told = new Expectation("", [], []);
        foreach (ReferenceSession session in _byClient.Values.ToArray())
        {
            bool isOld = second - session.LastSeen >= session.TimeoutSeconds;
            if (!isOld && !_failed.Contains(session.Real))
            {
                continue;
            }
            End(session);
            if (session.IsToldOfItsEnd)
            {
                told.ToClients.Add(EndOfClient(session));
                told.ToServers.Add(EndOfServer(session));
            }
        }
        return told;
    }

    private Expectation Open(
        ServiceConfig service, PlainFrame frame, byte[] bytes, int second, PlainFrame? left)
    {
        RealConfig[] able = [.. Members(service.Group).Where(real => !_failed.Contains(real.Id))];
        RealConfig[] free = [.. able.Where(real => CanTell(service, frame, real))];
        if (free.Length == 0)
        {
            bool isInUse = able.Length > 0;
            string reason = isInUse ? "tuple-in-use" : "no-real";
            return frame.Protocol == "tcp"
                ? Refuse(frame, reason) : Unreachable(frame, bytes, reason, isInUse);
        }
        RealConfig chosen = free.FirstOrDefault(real => Mac(real) == left?.TargetMac) ?? free[0];
        PlainFrame reached = Reach(service, frame, chosen, left);
        var session = new ReferenceSession
        {
            Asked = frame,
            Reached = reached,
            Real = chosen.Id,
            IsDirectReturn = service.DirectServerReturn,
            TellsAtEnd = service.ResetOnClose,
            IdleSeconds =
                60 * (service.TimeoutMinutes != 0 ? service.TimeoutMinutes : chosen.TimeoutMinutes),
            LastSeen = second,
            Stage = frame.Protocol == "tcp" ? ReferenceStage.HalfOpen : ReferenceStage.Udp,
            ClientNext = frame.Sequence + frame.SequenceLength,
        };
        session.TimeoutSeconds = frame.Protocol == "tcp" ? 30 : session.IdleSeconds;
        _byClient.Add(ReferenceSession.ClientKey(frame), session);
        if (!session.IsDirectReturn)
        {
            // Throws when two sessions share a tuple.
            _byServer.Add(ReferenceSession.ServerKey(reached), session);
        }
        return new Expectation("pass new", [], [reached]);
    }

    private Expectation Continue(
        ReferenceSession session, PlainFrame frame, int second, bool fromClient)
    {
        bool rejected = frame.Is("R") && !ReferenceTcp.IsInWindow(session, frame, fromClient);
        if (rejected)
        {
            return Drop("rst-out-of-window");
        }
        ReferenceTcp.Advance(session, frame, fromClient);
        session.LastSeen = second;
        PlainFrame reached = session.Reached;
        PlainFrame asked = session.Asked;
        return fromClient
            ? new Expectation("pass session", [], [frame with
            {
                SourceMac = reached.SourceMac, TargetMac = reached.TargetMac,
                Source = reached.Source, SourcePort = reached.SourcePort,
                Target = reached.Target, TargetPort = reached.TargetPort,
            }])
            : new Expectation("pass session", [frame with
            {
                SourceMac = switchMac, TargetMac = asked.SourceMac, Source = asked.Target,
                SourcePort = asked.TargetPort, Target = asked.Source, TargetPort = asked.SourcePort,
            }], []);
    }

    // The client's frame as the real server gets it. A proxy's port is the switch's choice.
    private PlainFrame Reach(
        ServiceConfig service, PlainFrame frame, RealConfig real, PlainFrame? left)
    {
        PlainFrame moved = frame with { SourceMac = switchMac, TargetMac = Mac(real) };
        if (service.DirectServerReturn)
        {
            return moved;
        }
        moved = moved with
        {
            Target = real.Address.ToString()!,
            TargetPort = service.EffectiveRealPort,
        };
        return service.ProxyAddresses.Count == 0 ? moved
            : moved with
            {
                Source = service.ProxyAddresses[0].ToString(),
                SourcePort = left?.SourcePort ?? 0,
            };
    }

    // Under half NAT one client address and port can have one session with a server's port,
    // whatever the virtual server.
    private bool CanTell(ServiceConfig service, PlainFrame frame, RealConfig real)
        => service.DirectServerReturn || service.ProxyAddresses.Count > 0
            || !_byServer.ContainsKey(
                ReferenceSession.ServerKey(Reach(service, frame, real, null)));

    private IEnumerable<RealConfig> Members(int group)
        => config.Groups.Where(each => each.Id == group).SelectMany(each => each.Members)
            .Select(id => config.Reals.First(real => real.Id == id)).Where(real => real.Enabled);

    private bool IsBalanced(string address, int port, string protocol)
        => config.Virts.Any(virt => virt.Services.Any(service =>
            service.EffectiveRealPort == port
                && (protocol == "tcp" ? service.HasTcp : service.HasUdp)
            && Members(service.Group).Any(real => real.Address.ToString() == address)));

    private static Expectation Drop(string reason) => new($"drop {reason}", [], []);

    // RFC 9293 section 3.10.7.1.
    private Expectation Refuse(PlainFrame frame, string reason, bool toServer = false)
    {
        Expectation dropped = Drop(reason);
        if (!frame.Is("R"))
        {
            PlainFrame reset = Back(frame) with
            {
                Flags = frame.Is("A") ? "R" : "RA",
                Sequence = frame.Is("A") ? frame.Acknowledgement : 0,
                Acknowledgement = frame.Is("A") ? 0 : frame.Sequence + frame.SequenceLength,
            };
            (toServer ? dropped.ToServers : dropped.ToClients).Add(reset);
        }
        return dropped;
    }

    // Nobody serves: port unreachable. Somebody does, but cannot take it: administratively
    // prohibited (RFC 5508 REQ-8).
    private Expectation Unreachable(
        PlainFrame frame, byte[] bytes, string reason, bool isProhibited)
    {
        bool isV6 = frame.Source.Contains(':');
        string what = isV6 ? isProhibited ? "1/1" : "1/4" : isProhibited ? "3/13" : "3/3";
        Expectation dropped = Drop(reason);
        dropped.ToClients.Add(Back(frame) with
        {
            Protocol = $"icmp {what}",
            SourcePort = 0,
            TargetPort = 0,
            Payload = PlainFrame.Quote(bytes),
        });
        return dropped;
    }

    private PlainFrame EndOfClient(ReferenceSession session) => Back(session.Asked) with
    {
        Flags = "RA",
        Sequence = session.ClientAcknowledged,
        Acknowledgement = session.ClientNext,
    };

    private PlainFrame EndOfServer(ReferenceSession session) => session.Reached with
    {
        Flags = "RA",
        Sequence = session.IsDirectReturn ? session.ClientNext : session.ServerAcknowledged,
        Acknowledgement = session.IsDirectReturn ? session.ClientAcknowledged : session.ServerNext,
        Payload = "",
        Window = 0,
        Ttl = 64,
    };

    private PlainFrame Back(PlainFrame frame) => new()
    {
        SourceMac = switchMac,
        TargetMac = frame.SourceMac,
        Source = frame.Target,
        SourcePort = frame.TargetPort,
        Target = frame.Source,
        TargetPort = frame.SourcePort,
        Protocol = frame.Protocol,
    };

    private void End(ReferenceSession session)
    {
        _byClient.Remove(ReferenceSession.ClientKey(session.Asked));
        if (!session.IsDirectReturn)
        {
            _byServer.Remove(ReferenceSession.ServerKey(session.Reached));
        }
    }

    private static string Mac(RealConfig real)
        => real.Mac!.Value.ToString().Replace(":", "").ToUpperInvariant();
}
