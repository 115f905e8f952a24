// Random frames for the comparison of switch and model: of sessions that the model knows, with the
// numbers they should have, and of none. Used by ReferenceSwitchTests.

using PacketSwitch.Control.Config;

namespace PacketSwitch.Tests.Properties.Reference;

/// <summary>Makes frames for a configuration.</summary>
internal sealed class ReferenceFrames(Random random, SwitchConfig config, string switchMac)
{
    public const int Window = 60_000;
    private const int Clients = 5;
    private const int ClientPorts = 2;
    private static readonly int[] Ports = [80, 80, 81, 81, 82, 82, 83, 8080];

    private readonly bool _isV6 = config.Virts[0].Address!.Value.IsV6;

    /// <summary>A frame of the client's side.</summary>
    public PlainFrame OfClient(ReferenceSwitch model)
    {
        ReferenceSession[] sessions = [.. model.Sessions];
        if (sessions.Length > 0 && random.Next(2) == 0)
        {
            return Of(sessions[random.Next(sessions.Length)]);
        }
        int client = random.Next(Clients);
        RealConfig? direct = random.Next(8) == 0 ? Any(config.Reals) : null;
        PlainFrame asked = Segment(
            random.Next(3) == 0 ? "udp" : "tcp",
            ClientMac(client), direct is null ? switchMac : Mac(direct),
            Client(client), 2000 + random.Next(ClientPorts),
            (direct?.Address ?? Any(config.Virts).Address).ToString()!,
            Ports[random.Next(Ports.Length)]);
        string key = ReferenceSession.ClientKey(asked);
        ReferenceSession? known =
            Array.Find(sessions, each => ReferenceSession.ClientKey(each.Asked) == key);
        return known is not null ? Of(known)
            : asked.Protocol == "udp" ? asked
            : asked with { Flags = random.Next(4) != 0 ? "S" : Any(["A", "FA", "R", "PA", "SA"]) };
    }

    /// <summary>A frame of a real server, of a session or of none.</summary>
    public PlainFrame OfServer(ReferenceSwitch model)
    {
        ReferenceSession[] sessions = [.. model.Sessions.Where(each => !each.IsDirectReturn)];
        if (sessions.Length == 0 || random.Next(6) == 0)
        {
            RealConfig real = Any(config.Reals);
            int client = random.Next(Clients);
            PlainFrame stray = Segment(
                random.Next(3) == 0 ? "udp" : "tcp",
                Mac(real), ClientMac(client), real.Address.ToString()!,
                random.Next(3) == 0 ? 22 : Ports[random.Next(Ports.Length)],
                Client(client), 40_000 + random.Next(99));
            return stray.Protocol == "udp" ? stray : stray with { Flags = "A" };
        }
        ReferenceSession session = sessions[random.Next(sessions.Length)];
        PlainFrame reached = session.Reached;
        PlainFrame frame = Segment(
            reached.Protocol, reached.TargetMac, switchMac, reached.Target, reached.TargetPort,
            reached.Source, reached.SourcePort);
        if (reached.Protocol == "udp")
        {
            return frame;
        }
        bool first = !session.ServerHasSpoken;
        string flags = first
            ? Any(["SA", "SA", "SA", "RA"])
            : Any(["A", "PA", "PA", "FA", "R", "R far"]);
        return frame with
        {
            Flags = flags[..flags.TakeWhile(letter => letter != ' ').Count()],
            Sequence = flags switch
            {
                "SA" => (uint)random.Next(),
                "RA" => 0,
                "R" => session.Stage == ReferenceStage.SynReceived
                    ? session.ServerNext : session.ClientAcknowledged,
                "R far" => session.ServerNext + 0x4000_0000,
                _ => session.ServerNext,
            },
            Acknowledgement = session.ClientNext,
            Payload = flags == "PA" ? frame.Payload : "",
        };
    }

    // What its client would send next, or somebody who forges a RST.
    private PlainFrame Of(ReferenceSession session)
    {
        PlainFrame frame = session.Asked with { Payload = Payload() };
        if (frame.Protocol == "udp")
        {
            return frame;
        }
        string flags = session.Stage switch
        {
            ReferenceStage.HalfOpen when !session.IsDirectReturn => Any(["S", "R", "R far"]),
            ReferenceStage.HalfOpen => Any(["S", "A", "A", "R"]),
            ReferenceStage.SynReceived => Any(["S", "A", "A", "PA", "R", "R far"]),
            ReferenceStage.Established => Any(["A", "PA", "PA", "FA", "R", "R far"]),
            _ => Any(["A", "S", "S", "R far"]),
        };
        return frame with
        {
            Flags = flags[..flags.TakeWhile(letter => letter != ' ').Count()],
            Sequence = flags switch
            {
                "S" when session.Stage < ReferenceStage.Established => session.Asked.Sequence,
                "S" => (uint)random.Next(),
                "R" => session.ServerHasSpoken ? session.ServerAcknowledged : session.ClientNext,
                "R far" => session.ClientNext + 0x4000_0000,
                _ => session.ClientNext,
            },
            Acknowledgement = flags.Contains('A') ? session.ServerNext : 0,
            Payload = flags == "PA" ? frame.Payload : "",
        };
    }

    private PlainFrame Segment(
        string protocol, string sourceMac, string targetMac, string source, int sourcePort,
        string target, int targetPort)
        => new()
        {
            Protocol = protocol,
            SourceMac = sourceMac,
            TargetMac = targetMac,
            Source = source,
            SourcePort = sourcePort,
            Target = target,
            TargetPort = targetPort,
            Window = protocol == "tcp" ? Window : 0,
            Sequence = protocol == "tcp" ? (uint)random.Next() : 0,
            Payload = protocol == "tcp" ? "" : Payload(),
            Ttl = random.Next(2, 255),
        };

    private string Payload()
    {
        byte[] bytes = new byte[random.Next(1, 60)];
        random.NextBytes(bytes);
        return Convert.ToHexString(bytes);
    }

    private T Any<T>(IReadOnlyList<T> items) => items[random.Next(items.Count)];

    private string Client(int client) => _isV6 ? $"fd00::b00:{client + 1}" : $"11.0.0.{client + 1}";

    private static string ClientMac(int client) => $"0A00000C000{client + 1}";

    private static string Mac(RealConfig real)
        => real.Mac!.Value.ToString().Replace(":", "").ToUpperInvariant();
}
