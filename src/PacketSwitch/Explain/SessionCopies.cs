// The sessions of a running switch that a flow could meet, copied while its loops go on, and put
// into a throw-away switch. Made by RunningState.
//
// Memory order. The reader is a participant of the tables' epochs, as a loop is (EpochDomain): from
// Enter to Exit no slot that it can find is given to another session, so key, rewrite and state of
// what it finds belong together and were written before the slot was published. What loops change
// meanwhile are single words (counters, ticks, sequence numbers, the stage), each right by itself.
// A session that ends meanwhile is copied as it was. Nothing is written but the reader's own word.

using PacketSwitch.DataPlane;
using PacketSwitch.Wire;

namespace PacketSwitch.Explain;

/// <summary>Copies of sessions of one address family.</summary>
internal sealed class SessionCopies<TAddress>
    where TAddress : unmanaged, IIpAddress<TAddress>
{
    private readonly List<Copy> _copies = [];
    private readonly HashSet<int> _seen = [];

    /// <summary>Copies what has one of the keys, of one moment.</summary>
    public static SessionCopies<TAddress> Read(
        SessionTable<TAddress> table, EpochDomain epochs, int reader,
        IEnumerable<FlowKey<TAddress>> keys)
    {
        FlowKey<TAddress>[] all = [.. keys];
        var copies = new SessionCopies<TAddress>();
        epochs.Enter(reader);
        try
        {
            for (int i = 0; i < all.Length; i++)
            {
                copies.Add(table, ref all[i]);
            }
        }
        finally
        {
            epochs.Exit(reader);
        }
        return copies;
    }

    /// <summary>The direction of a session that has this key; null when there is none.</summary>
    public FlowEntry<TAddress>? Find(FlowKey<TAddress> key)
    {
        foreach (Copy copy in _copies)
        {
            FlowEntry<TAddress> client = copy.Client, server = copy.Server;
            if (FlowKey<TAddress>.Equal(ref client.Key, ref key))
            {
                return client;
            }
            if (FlowKey<TAddress>.Equal(ref server.Key, ref key))
            {
                return server;
            }
        }
        return null;
    }

    /// <summary>Index of the port that the client of this flow is behind; -1 when the flow is no
    /// session's.</summary>
    public int ClientPort(FlowKey<TAddress> key)
    {
        foreach (Copy copy in _copies)
        {
            FlowEntry<TAddress> client = copy.Client;
            if (FlowKey<TAddress>.Equal(ref client.Key, ref key))
            {
                return FlowPath.PortOf(copy.Server.Path);
            }
        }
        return -1;
    }

    /// <summary>The number that a copy has in the table it was read from.</summary>
    public int NumberOf(int number)
        => number >= 1 && number <= _copies.Count ? _copies[number - 1].Session + 1 : number;

    /// <summary>Opens them in an empty throw-away table, in order.</summary>
    public void AddTo(SessionTable<TAddress> table)
    {
        foreach (Copy copy in _copies)
        {
            int session = table.Allocate();
            if (session < 0)
            {
                return;
            }
            table.Entry(session * 2) = copy.Client;
            table.Entry((session * 2) + 1) = copy.Server;
            SessionState state = copy.State;
            state.Phase = (int)SessionPhase.Opening;
            state.Next = 0;
            // Its proxy port is the running switch's to give back.
            state.PortPool = 0;
            table.State(session) = state;
            table.NoteIdle(state.IdleTicks);
            table.Unsettle(session);
            if (table.Publish(session, new SessionTable<TAddress>.LimboList())
                == SessionOpening.ServerKeyExists)
            {
                table.Return(session);
            }
        }
    }

    private void Add(SessionTable<TAddress> table, ref FlowKey<TAddress> key)
    {
        int flow = table.Find(ref key, table.Hash(ref key));
        if (flow >= 0 && _seen.Add(flow >> 1))
        {
            int session = flow >> 1;
            _copies.Add(new Copy(
                session, table.Entry(session * 2), table.Entry((session * 2) + 1),
                table.State(session)));
        }
    }

    private readonly record struct Copy(
        int Session, FlowEntry<TAddress> Client, FlowEntry<TAddress> Server,
        SessionState State);
}
