// The commonest shape of a frame, read through one bounds check: untagged Ethernet, IPv4 without
// options, no fragment, TCP or UDP. Classifier reads it before it tries the views, FrameRewriter
// writes through it; whatever has another shape, or any defect, takes the views' way and has their
// result. A property test holds both ways equal. Fields are turned into host order several at a time,
// for little-endian processors: .NET has no other here.

using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using PacketSwitch.Wire;

namespace PacketSwitch.DataPlane;

/// <summary>
/// The headers of a plain frame as they lie in memory; numbers are in network byte order.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = Bytes)]
internal struct PlainHeaders
{
    /// <summary>Ethernet, IPv4 and TCP headers without options.</summary>
    public const int Bytes = TransportStart + 20;

    public const int NetworkStart = 14;
    public const int TransportStart = NetworkStart + 20;

    /// <summary>Where the transport header of a plain IPv6 frame starts.</summary>
    public const int Ipv6TransportStart = NetworkStart + 40;

    [FieldOffset(0)] private ulong _macsFrom0;
    [FieldOffset(4)] private readonly ulong _macsFrom4;
    [FieldOffset(8)] private uint _macsFrom8;
    [FieldOffset(12)] public ushort EtherType;
    [FieldOffset(14)] public byte VersionAndLength;
    [FieldOffset(20)] public ushort Fragment;
    [FieldOffset(23)] public byte Protocol;
    [FieldOffset(24)] public ushort HeaderChecksum;
    [FieldOffset(26)] public ulong Addresses;
    [FieldOffset(34)] public uint Ports;
    [FieldOffset(46)] public byte DataOffset;
    [FieldOffset(50)] public ushort TcpChecksum;
    [FieldOffset(38)] public ushort UdpLength;
    [FieldOffset(40)] public ushort UdpChecksum;

    // Time to live, protocol, header checksum, addresses and ports.
    [FieldOffset(22)] private readonly Vector128<byte> _keyFrom22;

    // Sequence and acknowledgement numbers, header length, flags, window, checksum, urgent pointer.
    [FieldOffset(38)] private readonly Vector128<byte> _tcp;

    // The IPv4 header once more, in the pieces in which it is added up.
    [FieldOffset(14)] private readonly uint _headerFrom0;
    [FieldOffset(18)] private readonly ulong _headerFrom4;

    private const byte PlainVersionAndLength = 0x45;
    private const ushort FragmentBits = 0x3fff;
    private const int TcpHeaderBytes = 20;
    private const int UdpHeaderBytes = 8;

    /// <summary>True when frame and key are described; false when the views must look. The frame
    /// has at least <see cref="Bytes"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryDescribe(
        ref PlainHeaders headers, int length, ref FrameInfo info, ref FlowKey<Ipv4Address> key,
        FlowSide side, bool detect, out bool isPartial)
    {
        isPartial = false;
        int segment = (ushort)Swap(headers._headerFrom0) - (TransportStart - NetworkStart);
        if (headers.EtherType != Swap(EtherTypes.Ipv4)
            || headers.VersionAndLength != PlainVersionAndLength
            || (headers.Fragment & Swap(FragmentBits)) != 0
            || segment > length - TransportStart
            || !headers.HeaderChecksumIsValid)
        {
            return false;
        }
        if (headers.Protocol == IpProtocol.Tcp)
        {
            int header = (headers.DataOffset >> 4) * 4;
            if (header < TcpHeaderBytes || header > segment)
            {
                return false;
            }
            info.SetTcp(Vector128.Shuffle(
                headers._tcp,
                Vector128.Create(
                    (byte)3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 16, 16, 16, 16, 16)));
            info.PayloadLength = segment - header;
            isPartial = detect && headers.IsPartial(headers.TcpChecksum, segment);
        }
        else
        {
            int datagram = Swap(headers.UdpLength);
            if (headers.Protocol != IpProtocol.Udp
                || datagram < UdpHeaderBytes || datagram > segment)
            {
                return false;
            }
            info.PayloadLength = datagram - UdpHeaderBytes;
            isPartial = detect && headers.IsPartial(headers.UdpChecksum, datagram);
        }
        info.Kind = FrameKind.Flow4;
        info.Protocol = headers.Protocol;
        info.EtherType = EtherTypes.Ipv4;
        info.NetworkOffset = NetworkStart;
        info.TransportOffset = TransportStart;
        info.TransportLength = segment;
        FlowKeyWords.Set(ref key, headers._keyFrom22, side);
        return true;
    }

    /// <summary>The source, as <see cref="MacAddress.Word"/>.</summary>
    public readonly ulong SourceMac => _macsFrom4 & ~0xffffUL;

    /// <summary>Sets both MACs, given as <see cref="MacAddress.Word"/>; the two lowest bytes of the
    /// destination do not matter.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void SetMacs(ulong destination, ulong source)
    {
        _macsFrom0 = (destination >> 16) | (source << 32);
        _macsFrom8 = (uint)(source >> 32);
    }

    /// <summary>The headers of a frame that they fit.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ref PlainHeaders Of(Span<byte> frame) => ref MemoryMarshal.AsRef<PlainHeaders>(frame);

    /// <summary>
    /// True when the frame of an IPv4 flow has its headers where this structure has them.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Fit(Span<byte> frame, ref FrameInfo info)
        => info.NetworkOffset == NetworkStart && info.TransportOffset == TransportStart
            && frame.Length >= Bytes;

    /// <summary>Between host and network byte order.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ushort Swap(ushort value)
        => BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(value) : value;

    /// <summary>Between host and network byte order.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Swap(uint value)
        => BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(value) : value;

    // One's complement sums are the same in either byte order (RFC 1071 section 2 (B)).
    private readonly bool HeaderChecksumIsValid
        => InternetChecksum.Fold(_headerFrom0 + Halves(_headerFrom4) + Halves(Addresses))
            == ushort.MaxValue;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly bool IsPartial(ushort field, int length)
        => field == InternetChecksum.Fold(
            Halves(Addresses) + Swap(Protocol) + Swap((ushort)length));

    private static ulong Halves(ulong words) => (uint)words + (words >> 32);
}
