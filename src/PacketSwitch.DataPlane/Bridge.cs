// The learning bridge for everything the switch does not balance: by learned MAC, else to all other
// ports; TTL and tags untouched (ALTEON.md section 4, step 8). A port that shares its segment with
// another port does not bridge. Called by SlowPath.

using PacketSwitch.Wire;

namespace PacketSwitch.DataPlane;

/// <summary>IEEE 802.1D forwarding of one loop.</summary>
public sealed class Bridge(LoopContext context, Egress egress)
{
    private const ulong ReservedGroup = 0x0180_c200_0000;

    private readonly BridgeLoops _loops = context.Tables.BridgeLoops;

    /// <summary>Notes where the frame's sender is, unless the port does not bridge.</summary>
    public void Learn(ref FrameDescriptor frame, ref FrameInfo info)
    {
        if (!_loops.IsBlocked(info.Port, context.Now))
        {
            MacAddress sender = MacAddress.Read(frame.Span[MacAddress.Length..]);
            context.Tables.Bridge.Learn(sender, info.VlanId, info.Port, context.Now);
        }
    }

    /// <summary>Index of the port behind which the frame's destination is, or -1 when it would be flooded.</summary>
    public int Target(ref FrameDescriptor frame, ref FrameInfo info)
    {
        MacAddress destination = MacAddress.Read(frame.Span);
        int port = destination.IsMulticast
            ? -1 : context.Tables.Bridge.Find(destination, info.VlanId, context.Now);
        return port >= 0 && _loops.IsBlocked(port, context.Now) ? -1 : port;
    }

    /// <summary>Sends the frame towards its destination MAC, unchanged.</summary>
    public void Forward(ref FrameDescriptor frame, ref FrameInfo info)
    {
        MacAddress destination = MacAddress.Read(frame.Span);
        if ((destination.Value & ~0xfUL) == ReservedGroup && destination.Value != ReservedGroup)
        {
            info.Dropped(DropReason.ReservedMac);
            return;
        }
        if (MacAddress.Read(frame.Span[MacAddress.Length..]).Equals(context.Snapshot.Mac))
        {
            // Our own frame comes back: two ports on one segment, or a forger.
            info.Dropped(DropReason.Martian);
            return;
        }
        int port = Target(ref frame, ref info);
        if (HasGoneRound(ref frame, ref info, port))
        {
            info.Dropped(DropReason.BridgeLoop);
        }
        else if (port < 0)
        {
            Flood(ref frame, ref info);
        }
        else if (port == info.Port)
        {
            info.Dropped(DropReason.SamePort);
        }
        else if (egress.TryAdd(ref frame, ref info, port))
        {
            info.Verdict = Verdict.Transmit;
            info.Pass = PassReason.Bridge;
        }
        else
        {
            info.Verdict = Verdict.Drop;
        }
    }

    /// <summary>Hands a frame for one of the switch's own addresses to the host's stack, untagged.</summary>
    public void ToHost(ref FrameDescriptor frame, ref FrameInfo info)
    {
        int host = context.Snapshot.HostPort;
        if (host < 0 || host == info.Port)
        {
            info.Dropped(DropReason.NotForUs);
            return;
        }
        FrameRewriter.SetVlan(ref frame, ref info, 0);
        info.Verdict = egress.TryAdd(ref frame, ref info, host) ? Verdict.Transmit : Verdict.Drop;
        info.Pass = PassReason.Host;
    }

    /// <summary>
    /// Sends the frame to every port but the one it came from and the host's; <paramref name="only"/> narrows them by role.
    /// </summary>
    public void Flood(ref FrameDescriptor frame, ref FrameInfo info, PortRoles only = PortRoles.None)
    {
        info.Drop = DropReason.SamePort;
        for (int port = 0; port < context.Ports.Length; port++)
        {
            PortRoles roles = context.Roles(port);
            bool isMeant = only == PortRoles.None
                ? (roles & PortRoles.Host) == 0 : (roles & only) != 0;
            if (port != info.Port && isMeant && !_loops.IsBlocked(port, context.Now))
            {
                egress.TryAdd(ref frame, ref info, port);
            }
        }
        bool sent = info.Copies > 0;
        info.Verdict = sent ? Verdict.Transmit : Verdict.Drop;
        info.Pass = PassReason.Flood;
        info.Drop = sent ? DropReason.None : info.Drop;
    }

    // True when the frame came in on a port that is out of the bridge, or puts it out: another port
    // is on the same segment (802.1D finds it by its spanning tree). Control says it, once.
    private bool HasGoneRound(ref FrameDescriptor frame, ref FrameInfo info, int target)
    {
        int other = target < 0 ? _loops.Note(frame.Span, info.Port, context.Now) : -1;
        if (other >= 0 && _loops.Block(info.Port, other, context.Now))
        {
            context.TryTellLoop(info.Port, other);
        }
        return _loops.IsBlocked(info.Port, context.Now);
    }
}
