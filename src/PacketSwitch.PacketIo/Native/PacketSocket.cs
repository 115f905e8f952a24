// The numbers of AF_PACKET sockets and of the virtio header that goes with their frames: linux/if_packet.h and
// linux/virtio_net.h, printed by a C program (RAWIO.md section 4.2). Used by Ring/ and by whoever reads or writes
// frames with such a header.

namespace PacketSwitch.PacketIo;

/// <summary>Constants of packet sockets.</summary>
internal static class PacketSocket
{
    /// <summary>ETH_P_ALL in network order, as bind wants it.</summary>
    public const ushort AllProtocols = 0x0300;

    /// <summary>SOL_PACKET.</summary>
    public const int Level = 263;

    public const int AddMembership = 1;
    public const int ReceiveRing = 5;
    public const int Statistics = 6;
    public const int CopyThreshold = 7;
    public const int Version = 10;
    public const int Reserve = 12;
    public const int VirtioHeader = 15;
    public const int Fanout = 18;
    public const int IgnoreOutgoing = 23;

    /// <summary>TPACKET_V2.</summary>
    public const int Version2 = 1;

    /// <summary>PACKET_MR_PROMISC.</summary>
    public const ushort Promiscuous = 1;

    /// <summary>PACKET_FANOUT_HASH: a flow stays with one member of the group.</summary>
    public const int FanoutHash = 0;

    /// <summary>PACKET_FANOUT_FLAG_UNIQUEID: the kernel chooses a number no other group
    /// has.</summary>
    public const int FanoutUniqueId = 0x2000;

    /// <summary>TP_STATUS_KERNEL: the slot is the kernel's.</summary>
    public const uint StatusKernel = 0;

    /// <summary>TP_STATUS_USER: the slot holds a frame.</summary>
    public const uint StatusUser = 1;

    /// <summary>TP_STATUS_COPY: the slot holds the beginning of a frame that waits whole in the
    /// socket's queue.</summary>
    public const uint StatusCopy = 2;

    /// <summary>TP_STATUS_VLAN_VALID: the kernel has taken a VLAN tag off.</summary>
    public const uint StatusVlanValid = 0x10;

    /// <summary>TP_STATUS_VLAN_TPID_VALID.</summary>
    public const uint StatusVlanTypeValid = 0x40;
}
