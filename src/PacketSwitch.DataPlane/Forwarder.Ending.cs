// The part of the forwarder that ends sessions which no frame ends: those that were silent or lost their server, and those that an operator
// has chosen. Called by Sweeper and by PortLoop's commands.

using PacketSwitch.Wire;

namespace PacketSwitch.DataPlane;

public sealed partial class Forwarder<TTracer>
{
    /// <summary>Ends the session that a command means, unless its slot has another owner by now.</summary>
    internal void End<TAddress>(in LoopCommand command)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        if (typeof(TAddress) == typeof(Ipv4Address))
        {
            End(_sessions4, _opener4, command);
        }
        else
        {
            End(_sessions6, _opener6, command);
        }
    }

    private void End<TAddress>(SessionTable<TAddress> table, SessionOpener<TAddress> opener, in LoopCommand command)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        bool isMeant = table.IsLive(command.Session)
            && table.State(command.Session).OpenedAt == command.OpenedAt
            && table.Hash(ref table.Entry(command.Session * 2).Key) == command.KeyHash;
        if (isMeant)
        {
            End(table, opener, command.Session);
        }
    }

    private void End<TAddress>(SessionTable<TAddress> table, SessionOpener<TAddress> opener, int session)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        ref SessionState state = ref table.State(session);
        bool tell = TellsAtEnd(ref state);
        // The slot is not reused before this loop's pass is over: it can still be read after its end.
        if (opener.End(session) && tell)
        {
            _responder.ResetSession(table, session);
        }
    }

    // clsrst: when a connection ends by age or failure, both sides get a RST.
    private static bool TellsAtEnd(ref SessionState state)
        => (state.Flags & SessionFlags.ResetAtEnd) != 0
            && (state.Stage is TcpStage.SynReceived or TcpStage.Established or TcpStage.Closing);

    /// <summary>Ends sessions that were silent for their time; looks at a bounded part of the table.</summary>
    internal void Sweep<TAddress>(int session)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        if (typeof(TAddress) == typeof(Ipv4Address))
        {
            SweepOne(_sessions4, _opener4, session);
        }
        else
        {
            SweepOne(_sessions6, _opener6, session);
        }
    }

    private void SweepOne<TAddress>(SessionTable<TAddress> table, SessionOpener<TAddress> opener, int session)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        if (!table.IsLive(session))
        {
            return;
        }
        ref SessionState state = ref table.State(session);
        bool tcp = state.Stage != TcpStage.None;
        RealState real = _context.Snapshot.RealStates[state.Real];
        bool gone = real == RealState.Gone || (real == RealState.FailedKept && !tcp);
        if (gone || table.IsExpired(session, _context.Now))
        {
            bool tell = TellsAtEnd(ref state);
            if (tell && gone && !_responder.MayEndAnother)
            {
                return; // When a server with very many connections fails, all are told, some in the next round.
            }
            End(table, opener, session);
        }
        else if ((state.Flags & SessionFlags.Bound) != 0)
        {
            opener.KeepBinding(session);
        }
    }
}
