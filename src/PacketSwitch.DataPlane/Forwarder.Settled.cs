// The commonest case of all: a plain frame of a settled flow (FlowPath), which is forwarded by its
// index slot and its entry alone, two lines of memory. Each condition here is one under which
// Forwarder's other way would do the same, only with a look at the state that both directions
// share; what does not meet them goes that way. Every 64th frame of a flow does anyway, for the
// offload.

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using PacketSwitch.Wire;

namespace PacketSwitch.DataPlane;

public sealed partial class Forwarder<TTracer>
{
    // Has the lines fetched that the flow of each frame will be looked up in.
    private void Guess(Span<FrameInfo> infos)
    {
        _openedAtGuess = _context.Counters.Opened;
        SessionTable<Ipv4Address> sessions4 = _sessions4;
        bool needsState = _isWatched; // A watcher is told the virtual server of each frame.
        foreach (ref FrameInfo info in infos)
        {
            if (info.Kind == FrameKind.Flow4)
            {
                info.Guess = sessions4.Guess(info.Hash, info.IsPlain && !needsState);
            }
            else if (info.Kind == FrameKind.Flow6)
            {
                info.Guess = _sessions6.Guess(info.Hash, info.IsPlain && !needsState);
            }
        }
    }

    // Forwards frames from the number on, in a loop of its own that calls nothing, and returns the
    // number of the first that must go the other way; of that one nothing is changed.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private int ForwardSettled<TAddress>(
        SessionTable<TAddress> table, Span<FrameInfo> infos, Span<FrameDescriptor> frames,
        Span<FlowKey<TAddress>> keys, int number)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        FrameKind kind = TAddress.IsV6 ? FrameKind.Flow6 : FrameKind.Flow4;
        int end = Math.Min(infos.Length, Math.Min(frames.Length, keys.Length));
        ref FrameInfo info = ref Unsafe.Add(ref MemoryMarshal.GetReference(infos), number);
        ref FrameDescriptor frame = ref Unsafe.Add(ref MemoryMarshal.GetReference(frames), number);
        ref FlowKey<TAddress> key = ref Unsafe.Add(ref MemoryMarshal.GetReference(keys), number);
        for (; number < end; number++)
        {
            _next = number;
            int flow = info.Guess;
            if (!info.IsPlain || info.Kind != kind || flow < 0)
            {
                break;
            }
            ref FlowEntry<TAddress> entry = ref table.Entry(flow);
            ulong path = FlowPath.Read(ref entry.Path);
            int real = entry.Real;
            if ((path & FlowPath.Settled) == 0
                || !FlowKey<TAddress>.Equal(ref entry.Key, ref key)
                || (entry.Packets & OffloadKeeper.FramesMask) == OffloadKeeper.FramesMask
                || (int)(_now - entry.LastSeen) >= table.ShortestIdle
                || _realStates[real] != RealState.Serving)
            {
                break;
            }
            bool fromClient = (flow & 1) == 0;
            ulong mac = path;
            int port = FlowPath.PortOf(path);
            if (fromClient
                && (FlowPath.AttachmentOf(path)
                    != FlowPath.AttachmentOfWord(frame.Plain.SourceMac, info.Port)
                || !IsReachable(ref _neighbors[entry.Rewrite.Neighbor], out mac, out port)))
            {
                break;
            }
            PortContext egress = _ports[port];
            if (!egress.IsUp || egress.IsFull || frame.Length > egress.MaxFrameBytes)
            {
                break;
            }
            if (info.Protocol == IpProtocol.Tcp)
            {
                TcpTracker.TrackSettled(ref entry, ref info);
            }
            if (Count(ref frame, ref entry, real, fromClient))
            {
                table.CarryBytes(flow);
            }
            FrameRewriter.ApplyPlain(ref entry.Rewrite, ref frame, ref info);
            frame.Plain.SetMacs(mac, _macWord);
            info.Real = (ushort)real;
            if (_isWatched)
            {
                info.Virt = table.State(flow >> 1).Virt;
            }
            info.Verdict = Verdict.Transmit;
            info.Pass = PassReason.Session;
            egress.AddPlain(ref frame);
            info.Copies = 1;
            info.OutPorts = egress.Bit;
            info = ref Unsafe.Add(ref info, 1);
            frame = ref Unsafe.Add(ref frame, 1);
            key = ref Unsafe.Add(ref key, 1);
        }
        return number;
    }

    // False when a frame has to wait for the neighbour, to be flooded, or to get a tag.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsReachable(ref Neighbor neighbor, out ulong mac, out int port)
    {
        mac = neighbor.MacWord;
        port = neighbor.Port;
        return mac != 0 && port >= 0 && neighbor.VlanTag <= 0;
    }
}
