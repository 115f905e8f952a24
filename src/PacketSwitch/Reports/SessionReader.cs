// Reads the session tables into rows while the loops work on them, and has sessions ended. A session that ends or begins meanwhile may be
// missing or old; what is read of a slot is used only if the same session lived there before and after.

using PacketSwitch.Control;
using PacketSwitch.Control.Config;
using PacketSwitch.DataPlane;
using PacketSwitch.Wire;

namespace PacketSwitch.Reports;

/// <summary>Sessions to reports.</summary>
internal sealed class SessionReader(LiveView view)
{
    /// <summary>The most rows of one report.</summary>
    public const int MostRows = 65_536;

    private const int MostTries = 1_000;

    /// <summary>The matching sessions; a limit of 0 means as many as a report may have.</summary>
    public SessionsReport Read(SessionSelector selector, int limit)
    {
        int most = limit <= 0 ? MostRows : Math.Min(limit, MostRows);
        var rows = new List<SessionRow>();
        int matched = 0;
        Visit(selector, (row, _) =>
        {
            matched++;
            if (rows.Count < most)
                rows.Add(row);
        });
        return new SessionsReport(matched, view.Tables.SessionCount, rows);
    }

    /// <summary>Tells the first loop to end the matching sessions; both sides get a RST where the service says so.</summary>
    public int Kill(SessionSelector selector)
    {
        var found = new List<LoopCommand>();
        Visit(selector, (_, command) => found.Add(command));
        int told = 0;
        // A full queue empties within a few passes of the loop.
        for (int tries = 0; told < found.Count && tries < MostTries; tries++)
        {
            LoopCommand[] some = [.. found.Skip(told).Take(Limits.CommandsPerPass)];
            int taken = view.Ask(_ => view.Control.EndSessions(some));
            told += taken;
            tries = taken > 0 ? 0 : tries;
            if (taken == 0)
                Thread.Sleep(1);
        }
        return told;
    }

    private void Visit(SessionSelector selector, Action<SessionRow, LoopCommand> found)
    {
        SwitchConfig config = view.Config.Running;
        uint now = Ticks.At(view.Now());
        Visit(view.Tables.Sessions4, config, now, selector, found);
        Visit(view.Tables.Sessions6, config, now, selector, found);
    }

    private void Visit<TAddress>(
        SessionTable<TAddress> table, SwitchConfig config, uint now, SessionSelector selector,
        Action<SessionRow, LoopCommand> found)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        for (int session = 0; session < table.Used; session++)
        {
            if (!table.IsLive(session))
                continue;
            SessionState state = table.State(session);
            if (selector.Real is { } real && real != state.Real)
                continue;
            FlowEntry<TAddress> client = table.Entry(session * 2);
            FlowEntry<TAddress> server = table.Entry((session * 2) + 1);
            if (!table.IsLive(session) || table.State(session).OpenedAt != state.OpenedAt)
                continue;
            SessionRow row = Row(config, state, client, server, now);
            if (selector.Matches(row))
            {
                found(row, new LoopCommand
                {
                    Kind = typeof(TAddress) == typeof(Ipv4Address) ? CommandKind.EndSession4 : CommandKind.EndSession6,
                    Session = session,
                    OpenedAt = state.OpenedAt,
                    KeyHash = table.Hash(ref client.Key),
                });
            }
        }
    }

    private SessionRow Row<TAddress>(
        SwitchConfig config, in SessionState state, in FlowEntry<TAddress> client, in FlowEntry<TAddress> server, uint now)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        RealConfig? real = config.FindReal(state.Real);
        bool isOneSided = (state.Flags & SessionFlags.OneSided) != 0;
        bool hasProxy = state.PortPool != 0;
        uint silent = Math.Min(
            SessionTable<TAddress>.Age(client.LastSeen, now), SessionTable<TAddress>.Age(server.LastSeen, now));
        int port = FlowPath.PortOf(server.Path);
        return new SessionRow
        {
            Proto = client.Key.Protocol switch
            {
                IpProtocol.Tcp => "tcp",
                IpProtocol.Udp => "udp",
                _ => "icmp",
            },
            ExpireS = Math.Max(0, (long)state.TimeoutTicks - silent) / Ticks.PerSecond,
            State = StateOf(state),
            Client = client.Key.Source.ToString()!,
            ClientPort = client.Key.SourcePort,
            Vip = client.Key.Destination.ToString()!,
            VipPort = client.Key.DestinationPort,
            Rip = isOneSided ? real?.Address?.ToString() ?? "" : server.Key.Source.ToString()!,
            Rport = isOneSided ? client.Key.DestinationPort : server.Key.SourcePort,
            Pip = hasProxy ? server.Key.Destination.ToString()! : "",
            Pport = hasProxy ? server.Key.DestinationPort : 0,
            Real = state.Real,
            RealName = real?.Name ?? "",
            Virt = state.Virt,
            Port = port < view.Ports.Count ? view.Ports[port].Id : 0,
            PacketsIn = client.Packets,
            PacketsOut = server.Packets,
            BytesIn = state.BytesOf(client.BytesLow, fromClient: true),
            BytesOut = state.BytesOf(server.BytesLow, fromClient: false),
            AgeS = SessionTable<TAddress>.Age(state.OpenedAt, now) / Ticks.PerSecond,
            Flags = "E" + (isOneSided ? "N" : "") + ((state.Flags & SessionFlags.Bound) != 0 ? "P" : "")
                + (state.IsOffloaded ? "K" : ""),
        };
    }

    private static string StateOf(in SessionState state) => state.Stage switch
    {
        TcpStage.HalfOpen => "synsent",
        TcpStage.SynReceived => "synrecv",
        TcpStage.Established => "estab",
        TcpStage.Closing => "finwait",
        TcpStage.Closed => "closed",
        _ => "open",
    };
}
