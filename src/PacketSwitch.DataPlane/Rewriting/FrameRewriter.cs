// Applies a finished rewrite to a frame: the only code that changes the bytes of frames that pass. Called by Forwarder for every frame
// of a session. Checksums: RFC 1624 for complete ones, the partial rule for unfinished ones (ARCHITECTURE section 5).

using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using PacketDotNet;
using PacketSwitch.Wire;

namespace PacketSwitch.DataPlane;

/// <summary>Changes addresses, ports, MACs and VLAN tags in place.</summary>
public static class FrameRewriter
{
    private const int Ipv6SourceOffset = 8;
    private const int Ipv6DestinationOffset = 24;
    private const int VlanTagBytes = 4;
    private const int MacBytes = 12;

    /// <summary>Addresses and ports become those of the rewrite; the frame was classified as a flow.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Apply<TAddress>(
        ref readonly Rewrite<TAddress> rewrite, Span<byte> frame, ref FrameInfo info, ChecksumState state)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        if ((rewrite.Flags & RewriteFlags.Addresses) == 0)
        {
            return;
        }
        if (typeof(TAddress) == typeof(Ipv4Address) && PlainHeaders.Fit(frame, ref info))
        {
            ApplyPlain(in OfIpv4(in rewrite), ref PlainHeaders.Of(frame), ref info, state);
            return;
        }
        WriteAddresses(in rewrite, frame[info.NetworkOffset..]);
        Span<byte> transport = frame[info.TransportOffset..];
        uint ports = BinaryPrimitives.ReadUInt32BigEndian(transport);
        BinaryPrimitives.WriteUInt16BigEndian(transport, rewrite.SourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(transport[2..], rewrite.DestinationPort);
        bool tcp = info.Protocol == IpProtocol.Tcp;
        Span<byte> field = transport.Slice(tcp ? TcpFields.ChecksumPosition : UdpFields.ChecksumPosition, 2);
        ushort checksum = BinaryPrimitives.ReadUInt16BigEndian(field);
        BinaryPrimitives.WriteUInt16BigEndian(
            field, UpdateTransport(checksum, in rewrite, ports, tcp, state));
    }

    /// <summary>The same for a plain frame.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void ApplyPlain<TAddress>(
        ref readonly Rewrite<TAddress> rewrite, ref FrameDescriptor frame, ref FrameInfo info)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        if (typeof(TAddress) != typeof(Ipv4Address))
        {
            Apply(in rewrite, frame.Span, ref info, frame.Checksum);
        }
        else if ((rewrite.Flags & RewriteFlags.Addresses) != 0)
        {
            ApplyPlain(in OfIpv4(in rewrite), ref frame.Plain, ref info, frame.Checksum);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ref readonly Rewrite<Ipv4Address> OfIpv4<TAddress>(
        ref readonly Rewrite<TAddress> rewrite)
        where TAddress : unmanaged, IIpAddress<TAddress>
        => ref Unsafe.As<Rewrite<TAddress>, Rewrite<Ipv4Address>>(ref Unsafe.AsRef(in rewrite));

    // Through one bounds check. Sums are taken of the words as they lie in memory: they are the same
    // in either byte order (RFC 1071 section 2 (B)).
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void ApplyPlain(
        ref readonly Rewrite<Ipv4Address> rewrite, ref PlainHeaders headers, ref FrameInfo info,
        ChecksumState state)
    {
        ushort delta = PlainHeaders.Swap(rewrite.AddressDelta);
        Vector128<byte> fields = Vector128.Shuffle(
            Unsafe.As<Rewrite<Ipv4Address>, Vector128<byte>>(ref Unsafe.AsRef(in rewrite)),
            Vector128.Create((byte)7, 6, 5, 4, 3, 2, 1, 0, 11, 10, 9, 8, 16, 16, 16, 16));
        headers.HeaderChecksum = InternetChecksum.Update(headers.HeaderChecksum, delta);
        uint before = headers.Ports;
        uint after = fields.AsUInt32().GetElement(2);
        headers.Addresses = fields.AsUInt64().ToScalar();
        headers.Ports = after;
        bool tcp = info.Protocol == IpProtocol.Tcp;
        ref ushort field = ref tcp ? ref headers.TcpChecksum : ref headers.UdpChecksum;
        if (state == ChecksumState.Partial)
        {
            field = InternetChecksum.UpdatePartial(field, delta);
        }
        else if (tcp || field != 0)
        {
            ushort updated = InternetChecksum.Update(field, delta, before, after);
            field = tcp || updated != 0 ? updated : ushort.MaxValue;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ushort UpdateTransport<TAddress>(
        ushort checksum, ref readonly Rewrite<TAddress> rewrite, uint ports, bool tcp,
        ChecksumState state)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        if (state == ChecksumState.Partial)
        {
            return InternetChecksum.UpdatePartial(checksum, rewrite.AddressDelta);
        }
        ushort delta = rewrite.TransportDelta(ports);
        return tcp
            ? InternetChecksum.Update(checksum, delta)
            : InternetChecksum.UpdateUdp(checksum, delta);
    }

    /// <summary>Addresses become those of the rewrite; for a fragment that is not the first.</summary>
    public static void ApplyAddresses<TAddress>(
        ref readonly Rewrite<TAddress> rewrite, Span<byte> frame, ref FrameInfo info)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        if ((rewrite.Flags & RewriteFlags.Addresses) != 0)
        {
            WriteAddresses(in rewrite, frame[info.NetworkOffset..]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void WriteAddresses<TAddress>(ref readonly Rewrite<TAddress> rewrite, Span<byte> network)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        if (TAddress.IsV6)
        {
            rewrite.Source.Write(network.Slice(Ipv6SourceOffset, 16));
            rewrite.Destination.Write(network.Slice(Ipv6DestinationOffset, 16));
        }
        else
        {
            rewrite.Source.Write(network.Slice(IPv4Fields.SourcePosition, 4));
            rewrite.Destination.Write(network.Slice(IPv4Fields.DestinationPosition, 4));
            Span<byte> header = network.Slice(IPv4Fields.ChecksumPosition, 2);
            ushort old = BinaryPrimitives.ReadUInt16BigEndian(header);
            BinaryPrimitives.WriteUInt16BigEndian(header, InternetChecksum.Update(old, rewrite.AddressDelta));
        }
    }

    /// <summary>Sets both MACs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void SetMacs(ref FrameDescriptor frame, ulong destination, ulong source)
    {
        Span<byte> macs = frame.Span[..MacBytes];
        BinaryPrimitives.WriteUInt64BigEndian(macs, (destination << 16) | (source >> 32));
        BinaryPrimitives.WriteUInt32BigEndian(macs[8..], (uint)source);
    }

    /// <summary>
    /// Puts the frame into a VLAN: 0 takes the outer tag off, a number replaces it or puts one on (into the headroom); priority bits
    /// of an existing tag stay. Offsets in <paramref name="info"/> follow.
    /// </summary>
    public static void SetVlan(ref FrameDescriptor frame, ref FrameInfo info, ushort vlan)
    {
        if (info.VlanTags == 0 && vlan == 0)
        {
            return;
        }
        if (info.VlanTags > 0 && vlan > 0)
        {
            Span<byte> tag = frame.Span.Slice(EthernetFields.HeaderLength, 2);
            info.VlanTag = (ushort)((info.VlanTag & 0xf000) | (vlan & 0xfff));
            BinaryPrimitives.WriteUInt16BigEndian(tag, info.VlanTag);
            return;
        }
        int shift = vlan > 0 ? VlanTagBytes : -VlanTagBytes;
        ulong destinationAndMore = BinaryPrimitives.ReadUInt64BigEndian(frame.Span);
        uint rest = BinaryPrimitives.ReadUInt32BigEndian(frame.Span[8..]);
        frame.Address -= shift;
        frame.Length += shift;
        frame.WireLength += shift;
        if (frame.Checksum == ChecksumState.Partial)
        {
            frame.ChecksumStart = (ushort)(frame.ChecksumStart + shift);
        }
        BinaryPrimitives.WriteUInt64BigEndian(frame.Span, destinationAndMore);
        BinaryPrimitives.WriteUInt32BigEndian(frame.Span[8..], rest);
        if (vlan > 0)
        {
            BinaryPrimitives.WriteUInt16BigEndian(frame.Span[MacBytes..], EtherTypes.Vlan);
            BinaryPrimitives.WriteUInt16BigEndian(frame.Span[EthernetFields.HeaderLength..], (ushort)(vlan & 0xfff));
        }
        info.NetworkOffset = (ushort)(info.NetworkOffset + shift);
        info.TransportOffset = (ushort)(info.TransportOffset + shift);
        info.VlanTags = (byte)(info.VlanTags + (shift / VlanTagBytes));
        info.VlanTag = info.VlanTags == 0
            ? (ushort)0 : BinaryPrimitives.ReadUInt16BigEndian(frame.Span[EthernetFields.HeaderLength..]);
    }
}
