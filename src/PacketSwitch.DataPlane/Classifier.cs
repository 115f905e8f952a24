// First pass over a burst: bytes to FrameInfo, by PlainHeaders where the frame has its shape and else by the Wire views, and the session index prefetched. Called by PortLoop
// for each burst. What is not a valid frame ends here with its reason (ALTEON.md section 4, step 1); nothing throws.

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using PacketSwitch.Wire;

namespace PacketSwitch.DataPlane;

/// <summary>Describes the frames of a burst.</summary>
public sealed class Classifier(SessionTable<Ipv4Address> sessions4, SessionTable<Ipv6Address> sessions6)
{
    /// <summary>Describes every frame of the burst, received on the port.</summary>
    /// <param name="burst">The frames.</param>
    /// <param name="port">The port they came in on.</param>
    /// <param name="roles">The port's roles: which side of a session its frames are looked up as.</param>
    public void Classify(FrameBurst burst, PortContext port, PortRoles roles)
    {
        FlowSide side = (roles & PortRoles.Client) != 0 ? FlowSide.Client : FlowSide.Server;
        bool detect = port.Port.Offloads == OffloadSupport.ByValue;
        int maxFrameBytes = port.MaxFrameBytes;
        byte portIndex = (byte)port.Index;
        SessionTable<Ipv4Address> table = sessions4;
        Span<FrameInfo> infos = burst.Infos.AsSpan(0, burst.Count);
        Span<FrameDescriptor> frames = burst.Frames.AsSpan(0, infos.Length);
        Span<FlowKey<Ipv4Address>> keys = burst.Keys4.AsSpan(0, infos.Length);
        ref FrameInfo info = ref MemoryMarshal.GetReference(infos);
        ref FrameDescriptor frame = ref MemoryMarshal.GetReference(frames);
        ref FlowKey<Ipv4Address> key = ref MemoryMarshal.GetReference(keys);
        for (int i = 0; i < infos.Length; i++)
        {
            long number = burst.IsAgain ? info.Number : burst.FirstNumber + i;
            info = default;
            info.Number = number;
            info.Port = portIndex;
            frame.BurstIndex = (sbyte)i;
            frame.Failed = false;
            if (frame.Length == frame.WireLength
                && frame.Length >= PlainHeaders.Bytes
                && PlainHeaders.TryDescribe(
                    ref frame.Plain, frame.Length, ref info, ref key, side, detect,
                    out bool partial))
            {
                ulong hash = table.Hash(ref key);
                info.Hash = hash;
                table.Prefetch(hash);
                NotePartial(ref frame, ref info, partial, detect);
                bool isSuperFrame = frame.SegmentSize != 0 || frame.Length > maxFrameBytes;
                info.IsSuperFrame = isSuperFrame;
                info.IsPlain = !isSuperFrame && !MovesStage(info.TcpFlags);
            }
            else
            {
                Describe(ref frame, ref info, burst, i, side, detect);
                info.IsSuperFrame = frame.SegmentSize != 0
                    || frame.Length > maxFrameBytes + (4 * info.VlanTags);
                info.IsPlain = !info.IsSuperFrame && !MovesStage(info.TcpFlags)
                    && info.Kind == FrameKind.Flow6
                    && info.TransportOffset == PlainHeaders.Ipv6TransportStart;
            }
            info = ref Unsafe.Add(ref info, 1);
            frame = ref Unsafe.Add(ref frame, 1);
            key = ref Unsafe.Add(ref key, 1);
        }
    }

    private static bool MovesStage(TcpFlags flags)
        => (flags & (TcpFlags.Syn | TcpFlags.Fin | TcpFlags.Rst)) != 0;

    /// <summary>Describes a frame of any shape by the views.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal void Describe(
        ref FrameDescriptor frame, ref FrameInfo info, FrameBurst burst, int index, FlowSide side, bool detect)
    {
        if (frame.Length < frame.WireLength)
        {
            info.Dropped(DropReason.MalformedTruncated);
            return;
        }
        if (!EthernetView.TryWrap(frame.Span, out EthernetView ethernet))
        {
            info.Dropped(DropReason.MalformedEthernet);
            return;
        }
        info.EtherType = ethernet.EtherType;
        info.VlanTags = (byte)ethernet.VlanTagCount;
        info.VlanTag = ethernet.OuterTag;
        info.NetworkOffset = (ushort)ethernet.HeaderLength;
        switch (info.EtherType)
        {
            case EtherTypes.Ipv4:
                DescribeIpv4(ethernet.Payload, ref frame, ref info, ref burst.Keys4[index], side, detect);
                break;
            case EtherTypes.Ipv6:
                DescribeIpv6(ethernet.Payload, ref frame, ref info, ref burst.Keys6[index], side, detect);
                break;
            case EtherTypes.Arp:
                info.Kind = FrameKind.Arp;
                break;
            default:
                info.Kind = FrameKind.Other;
                break;
        }
    }

    private void DescribeIpv4(
        Span<byte> payload, ref FrameDescriptor frame, ref FrameInfo info, ref FlowKey<Ipv4Address> key,
        FlowSide side, bool detect)
    {
        if (!Ipv4View.TryWrap(payload, out Ipv4View ip))
        {
            info.Dropped(DropReason.MalformedIpv4);
            return;
        }
        if (!ip.HeaderChecksumIsValid)
        {
            info.Dropped(DropReason.BadChecksum);
            return;
        }
        info.Protocol = ip.Protocol;
        info.TransportOffset = (ushort)(info.NetworkOffset + ip.HeaderLength);
        info.TransportLength = ip.TotalLength - ip.HeaderLength;
        FlowKeyWords.SetAddresses(ref key, ip.Source.Value, ip.Destination.Value);
        info.Kind = FrameKind.Ipv4;
        if (ip.IsFragment)
        {
            info.IsFragment = true;
            return;
        }
        if (DescribeTransport(ip.Payload, ref info, ref key, side, FrameKind.Flow4, DropReason.MalformedIcmp))
        {
            info.Hash = sessions4.Hash(ref key);
            sessions4.Prefetch(info.Hash);
            DetectPartial(ref frame, ref info, ref key, ip.Payload, detect);
        }
    }

    private void DescribeIpv6(
        Span<byte> payload, ref FrameDescriptor frame, ref FrameInfo info, ref FlowKey<Ipv6Address> key,
        FlowSide side, bool detect)
    {
        if (!Ipv6View.TryWrap(payload, out Ipv6View ip) || !ip.TryFindUpperLayer(out Ipv6UpperLayer upper))
        {
            info.Dropped(DropReason.MalformedIpv6);
            return;
        }
        info.Protocol = upper.Protocol;
        info.TransportOffset = (ushort)(info.NetworkOffset + upper.Offset);
        info.TransportLength = Ipv6View.HeaderLength + ip.PayloadLength - upper.Offset;
        key.Source = ip.Source;
        key.Destination = ip.Destination;
        info.Kind = FrameKind.Ipv6;
        if (upper.IsFragment)
        {
            info.IsFragment = true;
            return;
        }
        Span<byte> segment = payload.Slice(upper.Offset, info.TransportLength);
        if (DescribeTransport(segment, ref info, ref key, side, FrameKind.Flow6, DropReason.MalformedIcmp))
        {
            info.Hash = sessions6.Hash(ref key);
            sessions6.Prefetch(info.Hash);
            DetectPartial(ref frame, ref info, ref key, segment, detect);
        }
    }

    // True when the segment is TCP or UDP and the key is complete.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool DescribeTransport<TAddress>(
        Span<byte> segment, ref FrameInfo info, ref FlowKey<TAddress> key, FlowSide side, FrameKind kind,
        DropReason malformedIcmp)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        if (info.Protocol == IpProtocol.Tcp)
        {
            if (!TcpView.TryWrap(segment, out TcpView tcp))
            {
                info.Dropped(DropReason.MalformedTcp);
                return false;
            }
            info.TcpFlags = tcp.Flags;
            info.Sequence = tcp.SequenceNumber;
            info.Acknowledgement = tcp.AcknowledgementNumber;
            info.Window = tcp.Window;
            info.PayloadLength = segment.Length - tcp.HeaderLength;
            SetRest(ref key, ref info, tcp.SourcePort, tcp.DestinationPort, side);
        }
        else if (info.Protocol == IpProtocol.Udp)
        {
            if (!UdpView.TryWrap(segment, out UdpView udp))
            {
                info.Dropped(DropReason.MalformedUdp);
                return false;
            }
            info.PayloadLength = udp.Length - PacketDotNet.UdpFields.HeaderLength;
            SetRest(ref key, ref info, udp.SourcePort, udp.DestinationPort, side);
        }
        else
        {
            byte icmp = TAddress.IsV6 ? IpProtocol.IcmpV6 : IpProtocol.Icmp;
            if (info.Protocol == icmp && !IcmpView.TryWrap(segment, out _))
            {
                info.Dropped(malformedIcmp);
            }
            return false;
        }
        info.Kind = kind;
        return true;
    }

    private static void SetRest<TAddress>(
        ref FlowKey<TAddress> key, ref FrameInfo info, ushort sourcePort, ushort destinationPort, FlowSide side)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        ushort vlan = side == FlowSide.Client ? info.VlanId : (ushort)0;
        FlowKeyWords.SetRest(ref key, sourcePort, destinationPort, vlan, info.Protocol, side);
    }

    // Without metadata an unfinished checksum shows by its value: the sum of the pseudo-header and no more. A finished one has
    // the same value once in 65,536 valid frames; completing that one computes the checksum it already has.
    private static void DetectPartial<TAddress>(
        ref FrameDescriptor frame, ref FrameInfo info, ref FlowKey<TAddress> key, Span<byte> segment, bool detect)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        if (!detect)
        {
            return;
        }
        int offset = InternetChecksum.ChecksumOffset(info.Protocol);
        ushort field = System.Buffers.Binary.BinaryPrimitives.ReadUInt16BigEndian(segment[offset..]);
        int length = info.Protocol == IpProtocol.Udp ? info.PayloadLength + PacketDotNet.UdpFields.HeaderLength : segment.Length;
        uint pseudo = InternetChecksum.PseudoHeaderSum(key.Source, key.Destination, info.Protocol, length);
        NotePartial(ref frame, ref info, field == InternetChecksum.Fold(pseudo), detect);
    }

    private static void NotePartial(ref FrameDescriptor frame, ref FrameInfo info, bool partial, bool detect)
    {
        if (detect)
        {
            frame.Checksum = partial ? ChecksumState.Partial : ChecksumState.Complete;
            frame.ChecksumStart = partial ? info.TransportOffset : (ushort)0;
            frame.ChecksumOffset = partial ? (byte)InternetChecksum.ChecksumOffset(info.Protocol) : (byte)0;
        }
    }
}
