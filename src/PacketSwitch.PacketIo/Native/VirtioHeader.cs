// struct virtio_net_hdr: what the kernel says of a frame's checksum and segments, and is told of them. Before every
// frame of a packet socket with PACKET_VNET_HDR, and of a TAP interface with IFF_VNET_HDR.

using System.Runtime.InteropServices;

namespace PacketSwitch.PacketIo;

/// <summary>Offload metadata of one frame: 10 bytes, in host order.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct VirtioHeader
{
    /// <summary>VIRTIO_NET_HDR_F_NEEDS_CSUM: the L4 checksum is unfinished.</summary>
    public const byte NeedsChecksum = 1;

    /// <summary>VIRTIO_NET_HDR_GSO_UDP_L4.</summary>
    public const byte SegmentUdp = 5;

    /// <summary>VIRTIO_NET_HDR_GSO_ECN, beside the type.</summary>
    public const byte SegmentEcn = 0x80;

    public byte Flags;

    /// <summary>VIRTIO_NET_HDR_GSO_*: 0 none, 1 TCP over IPv4, 4 TCP over IPv6, 5 UDP; with bit
    /// 0x80 TCP uses ECN.</summary>
    public byte SegmentType;

    /// <summary>Bytes of all headers, a hint.</summary>
    public ushort HeaderLength;

    /// <summary>Payload bytes of a segment.</summary>
    public ushort SegmentSize;

    /// <summary>Where the checksummed part begins, from the start of the frame.</summary>
    public ushort ChecksumStart;

    /// <summary>Where the checksum field is, from there.</summary>
    public ushort ChecksumOffset;
}
