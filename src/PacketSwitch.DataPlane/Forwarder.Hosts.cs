// The part of the forwarder for what a session's frame tells of the hosts at both ends: a server
// that has failed, refuses or is heard for the first time, a client that has moved. Called by the
// per-frame path when something of that kind has happened.

using System.Runtime.CompilerServices;
using PacketSwitch.Wire;

namespace PacketSwitch.DataPlane;

public sealed partial class Forwarder<TTracer>
{
    // The session's server has failed or was removed (ALTEON.md section 5): TCP ends, both sides
    // told; a datagram opens a new session, with another server. False when the session has ended;
    // the frame is undecided when it is to be looked at afresh.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool MayContinue<TAddress>(
        SessionTable<TAddress> table, SessionOpener<TAddress> opener, ref FrameDescriptor frame,
        ref FrameInfo info, ref FlowEntry<TAddress> entry, ref SessionState state, int flow)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        bool tcp = info.Protocol == IpProtocol.Tcp;
        if (tcp && _context.Snapshot.RealStates[state.Real] == RealState.FailedKept)
        {
            return true;
        }
        bool fromClient = (flow & 1) == 0;
        if (opener.End(flow >> 1) && TellsAtEnd(ref state))
        {
            // The other side; whoever sent this frame is answered below, or opens anew.
            if (fromClient)
            {
                _responder.ResetServer(table, flow >> 1);
            }
            else
            {
                _responder.ResetClient(table, flow >> 1);
            }
        }
        bool isSyn = (info.TcpFlags & (TcpFlags.Syn | TcpFlags.Ack)) == TcpFlags.Syn;
        bool opensAnew = fromClient && (!tcp || isSyn);
        if (!opensAnew)
        {
            info.Dropped(DropReason.ServerGone);
            if (tcp)
            {
                _responder.Reset(ref frame, ref info, ref entry.Key);
            }
        }
        return false;
    }

    // A server with a configured MAC may be heard in its sessions only: without this, frames to it
    // would be flooded for ever. Once or twice per session, not per frame.
    private void LearnServer(ref FrameDescriptor frame, ref FrameInfo info, bool fromClient)
    {
        if (!fromClient)
        {
            _bridge.Learn(ref frame, ref info);
        }
    }

    // A server's first answer to a SYN: does it take connections at all (`passive`)? The control
    // plane decides what follows.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void WatchRefusals(ref FrameInfo info, int real, int servicePort)
    {
        bool[] watched = _context.Snapshot.WatchesRefusals;
        if (watched.Length == 0 || !watched[real])
        {
            return;
        }
        if ((info.TcpFlags & TcpFlags.Rst) == 0)
        {
            _context.Tables.Loads.Accepted(real);
        }
        else if (_context.Tables.Loads.Refused(real) >= Limits.RefusedSyns)
        {
            _context.TellRefused(real, servicePort);
        }
    }

    private void LookWhereClientIs<TAddress>(
        SessionTable<TAddress> table, ref FrameDescriptor frame, ref FrameInfo info,
        ref FlowEntry<TAddress> entry, ref SessionState state, int flow)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        ulong attachment = FlowPath.Attachment(SourceMac(ref frame), info.Port);
        if (attachment != FlowPath.AttachmentOf(entry.Path)
            || info.VlanTag != state.ClientVlanTag)
        {
            MoveClient(table, ref state, ref info, flow, attachment);
        }
    }

    // Return to sender (ALTEON.md section 7): replies go where the client's last frame came from. A
    // TCP frame whose numbers nobody but the two ends and those between them could know may say so;
    // a forged one would take the replies away from the client.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void MoveClient<TAddress>(
        SessionTable<TAddress> table, ref SessionState state, ref FrameInfo info, int flow,
        ulong attachment)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        _offload?.Recall(table, flow >> 1);
        if (!new MacAddress(FlowPath.MacOf(attachment)).IsMulticast
            && (info.Protocol != IpProtocol.Tcp
                || TcpTracker.IsPlausible(ref table.Entry(flow ^ 1), ref state, ref info)))
        {
            state.ClientVlanTag = info.VlanTag;
            table.MoveClient(flow >> 1, attachment);
            // Another loop may have handed it over meanwhile, as it was before.
            _offload?.Recall(table, flow >> 1);
        }
    }
}
