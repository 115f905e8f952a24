// Which flows of a session table are forwarded by their entry alone. The order in memory is argued
// in FlowPath.

using PacketSwitch.Wire;

namespace PacketSwitch.DataPlane;

public sealed unsafe partial class SessionTable<TAddress>
{
    /// <summary>Frames of the flow are forwarded by its entry alone from now on, if that may be.
    /// Its counters show a frame already.</summary>
    public void TrySettle(int flow)
    {
        ref FlowEntry<TAddress> entry = ref Entry(flow);
        ref SessionState state = ref State(flow >> 1);
        if (MaySettle(ref entry, ref state))
        {
            FlowPath.Mark(ref entry.Path, FlowPath.Settled, isSet: true);
            if (!MaySettle(ref entry, ref state))
            {
                FlowPath.Mark(ref entry.Path, FlowPath.Settled, isSet: false);
            }
        }
    }

    /// <summary>The state that both directions share has changed, behind a full fence: look at it.
    /// </summary>
    public void Unsettle(int session)
    {
        FlowPath.Mark(ref Entry(session * 2).Path, FlowPath.Settled, isSet: false);
        FlowPath.Mark(ref Entry((session * 2) + 1).Path, FlowPath.Settled, isSet: false);
    }

    /// <summary>The client is behind another MAC or port, or has another tag.</summary>
    public void MoveClient(int session, ulong attachment)
    {
        FlowPath.Move(
            ref Entry(session * 2).Path, ref Entry((session * 2) + 1).Path, attachment);
        Unsettle(session);
    }

    /// <summary>The shortest idle time of any session that was opened; it only falls. A frame of a
    /// settled flow that was silent for less is in time.</summary>
    public int ShortestIdle => _shortestIdle;

    /// <summary>A session with this idle time is about to be published.</summary>
    public void NoteIdle(uint idleTicks)
    {
        int idle = (int)Math.Min(idleTicks, int.MaxValue);
        int shortest = _shortestIdle;
        while (idle < shortest)
        {
            shortest = Interlocked.CompareExchange(ref _shortestIdle, idle, shortest);
        }
    }

    /// <summary>The octets in the flow's entry have wrapped.</summary>
    public void CarryBytes(int flow)
    {
        ref SessionState state = ref State(flow >> 1);
        if ((flow & 1) == 0)
        {
            state.ClientBytesHigh++;
        }
        else
        {
            state.ServerBytesHigh++;
        }
    }

    // What Settled stands for (FlowPath). A TCP direction besides has numbers to compare with.
    private static bool MaySettle(ref FlowEntry<TAddress> entry, ref SessionState state)
        => Volatile.Read(ref state.Phase) == (int)SessionPhase.Live
            && (state.Stage == TcpStage.None || (state.Stage == TcpStage.Established
                && (entry.Acknowledged | entry.Window) != 0
                && (entry.Path & FlowPath.WholeWindow) == 0))
            && Volatile.Read(ref state.Offload) == 0 && state.ClientVlanTag == 0;
}
