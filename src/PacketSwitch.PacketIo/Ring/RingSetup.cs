// The options of a packet socket with a ring, in the order the kernel wants them: version and virtio header before
// the ring, the interface last, so that no frame comes before all is ready (RAWIO.md section 4.2). Used by RingSocket
// and RingBackend; each step that fails is named.

using System.Runtime.InteropServices;

namespace PacketSwitch.PacketIo;

/// <summary>Sets a packet socket up.</summary>
internal static unsafe class RingSetup
{
    /// <summary>Sets what does not depend on an interface; null, or the step that failed.</summary>
    public static string? SetModes(int descriptor) =>
        Set(descriptor, PacketSocket.Version, PacketSocket.Version2, "PACKET_VERSION")
        ?? Set(descriptor, PacketSocket.VirtioHeader, 1, "PACKET_VNET_HDR")
        ?? Set(descriptor, PacketSocket.IgnoreOutgoing, 1, "PACKET_IGNORE_OUTGOING")
        ?? Set(descriptor, PacketSocket.Reserve, RingGeometry.ReserveBytes, "PACKET_RESERVE");

    /// <summary>Gives the socket its modes, buffers and ring; null, or the step that
    /// failed.</summary>
    public static string? Prepare(
        int descriptor, LivePortOptions options, int mtu, out RingGeometry geometry)
    {
        bool hasQueue = TryGetRoom(descriptor);
        geometry = RingGeometry.For(options, mtu, hasQueue);
        string? why = SetModes(descriptor);
        if (why is null && geometry.TakesLongFrames)
        {
            why = Set(descriptor, PacketSocket.CopyThreshold, 1, "PACKET_COPY_THRESH");
        }
        if (why is not null) return why;
        var request = new RingRequest
        {
            BlockBytes = (uint)geometry.BlockBytes,
            Blocks = (uint)geometry.Blocks,
            SlotBytes = (uint)geometry.SlotBytes,
            Slots = (uint)geometry.Slots,
        };
        int status = LibC.setsockopt(descriptor, PacketSocket.Level, PacketSocket.ReceiveRing,
            &request, (uint)sizeof(RingRequest));
        return status == 0 ? null : Failed("PACKET_RX_RING");
    }

    /// <summary>Begins to receive every frame that comes in on an interface.</summary>
    public static string? Bind(int descriptor, int interfaceIndex)
    {
        var membership = new PacketMembership
        {
            InterfaceIndex = interfaceIndex,
            Type = PacketSocket.Promiscuous,
        };
        int status = LibC.setsockopt(descriptor, PacketSocket.Level, PacketSocket.AddMembership,
            &membership, (uint)sizeof(PacketMembership));
        if (status != 0) return Failed("PACKET_ADD_MEMBERSHIP");
        var address = new PacketAddress
        {
            Family = LibC.AddressFamilyPacket,
            Protocol = PacketSocket.AllProtocols,
            InterfaceIndex = interfaceIndex,
        };
        return LibC.bind(descriptor, &address, (uint)sizeof(PacketAddress)) == 0
            ? null
            : Failed("bind");
    }

    /// <summary>
    /// Joins the socket to the others of its port, so that each gets a share of the flows. The first
    /// one is given a negative number and founds the group, whose number it tells.
    /// </summary>
    public static string? JoinFanout(int descriptor, ref int group)
    {
        bool isFirst = group < 0;
        int kind = PacketSocket.FanoutHash | (isFirst ? PacketSocket.FanoutUniqueId : 0);
        int value = (isFirst ? 0 : group) | (kind << 16);
        string? why = Set(descriptor, PacketSocket.Fanout, value, "PACKET_FANOUT");
        if (why is not null || !isFirst) return why;
        int founded;
        uint length = sizeof(int);
        int status = LibC.getsockopt(
            descriptor, PacketSocket.Level, PacketSocket.Fanout, &founded, &length);
        group = founded & 0xffff;
        return status == 0 ? null : Failed("PACKET_FANOUT");
    }

    // Room for super-frames in the socket's queue, which without CAP_NET_ADMIN is bounded by
    // net.core.rmem_max; and for frames on their way out.
    private static bool TryGetRoom(int descriptor)
    {
        int room = IoLimits.RingSendBytes;
        if (LibC.setsockopt(
            descriptor, LibC.SocketLevel, LibC.SendBufferForce, &room, sizeof(int)) != 0)
        {
            _ = LibC.setsockopt(
                descriptor, LibC.SocketLevel, LibC.SendBuffer, &room, sizeof(int));
        }
        room = IoLimits.RingQueueBytes;
        if (LibC.setsockopt(
            descriptor, LibC.SocketLevel, LibC.ReceiveBufferForce, &room, sizeof(int)) == 0)
        {
            return true;
        }
        _ = LibC.setsockopt(descriptor, LibC.SocketLevel, LibC.ReceiveBuffer, &room, sizeof(int));
        int granted;
        uint length = sizeof(int);
        int status = LibC.getsockopt(
            descriptor, LibC.SocketLevel, LibC.ReceiveBuffer, &granted, &length);
        return status == 0 && granted >= IoLimits.RingQueueBytes;
    }

    private static string? Set(int descriptor, int option, int value, string name) =>
        LibC.setsockopt(descriptor, PacketSocket.Level, option, &value, sizeof(int)) == 0
            ? null
            : Failed(name);

    private static string Failed(string step) =>
        step + ": " + Marshal.GetLastPInvokeErrorMessage();
}
