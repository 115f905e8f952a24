// Does in software what a NIC would have done: completes an L4 checksum, and cuts a TCP super-frame into segments (as a sender with
// segmentation offload left it). Called by Egress for ports that pass no metadata.

using System.Buffers.Binary;
using PacketDotNet;
using PacketSwitch.Wire;

namespace PacketSwitch.DataPlane;

/// <summary>Completes checksums and cuts super-frames. Not thread-safe: one loop's.</summary>
public sealed class Segmenter
{
    private const int Ipv6PayloadLengthOffset = 4;
    private const TcpFlags LastOnly = TcpFlags.Fin | TcpFlags.Psh;

    private readonly FrameMemory _memory = new(Limits.MaxSegments, Limits.OriginatedFrameBytes + 100);
    private FrameMemory? _jumbo;
    private readonly FrameDescriptor[] _segments = new FrameDescriptor[Limits.MaxSegments];

    /// <summary>
    /// Computes the L4 checksum of a whole TCP or UDP frame afresh. The field's present value does not matter, so doing it twice does
    /// no harm (a flooded frame).
    /// </summary>
    public static void CompleteChecksum(ref FrameDescriptor frame)
    {
        frame.Checksum = ChecksumState.Complete;
        if (!EthernetView.TryWrap(frame.Span, out EthernetView ethernet))
        {
            return;
        }
        if (ethernet.EtherType == EtherTypes.Ipv4 && Ipv4View.TryWrap(ethernet.Payload, out Ipv4View ip4))
        {
            WriteChecksum(ip4.Source, ip4.Destination, ip4.Protocol, ip4.Payload);
        }
        else if (ethernet.EtherType == EtherTypes.Ipv6 && Ipv6View.TryWrap(ethernet.Payload, out Ipv6View ip6)
            && ip6.TryFindUpperLayer(out Ipv6UpperLayer upper))
        {
            int length = Ipv6View.HeaderLength + ip6.PayloadLength - upper.Offset;
            Span<byte> segment = ethernet.Payload.Slice(upper.Offset, length);
            WriteChecksum(ip6.Source, ip6.Destination, upper.Protocol, segment);
        }
    }

    /// <summary>
    /// Cuts a TCP super-frame into frames of at most <paramref name="mostBytes"/> that carry at most the frame's segment size each.
    /// Empty when it cannot be cut.
    /// </summary>
    public Span<FrameDescriptor> Cut(ref FrameDescriptor frame, ref FrameInfo info, int mostBytes)
    {
        Span<byte> whole = frame.Span;
        if (!TcpView.TryWrap(whole.Slice(info.TransportOffset, info.TransportLength), out TcpView tcp))
        {
            return default;
        }
        int headers = info.TransportOffset + tcp.HeaderLength;
        int payload = info.TransportLength - tcp.HeaderLength;
        int size = Math.Min(mostBytes - headers, frame.SegmentSize != 0 ? frame.SegmentSize : int.MaxValue);
        size = Math.Max(size, Math.Min(Limits.MinSegmentBytes, mostBytes - headers));
        int count = size <= 0 ? 0 : (payload + size - 1) / size;
        if (count == 0 || count > Limits.MaxSegments)
        {
            return default;
        }
        FrameMemory memory = MemoryFor(headers + size);
        for (int i = 0; i < count; i++)
        {
            int from = i * size;
            int length = Math.Min(size, payload - from);
            Span<byte> target = memory.Slot(i)[..(headers + length)];
            whole[..headers].CopyTo(target);
            whole.Slice(headers + from, length).CopyTo(target[headers..]);
            Finish(target, ref info, tcp.SequenceNumber + (uint)from, tcp.Flags, i, last: i == count - 1);
            _segments[i] = memory.Describe(i, target.Length);
        }
        return _segments.AsSpan(0, count);
    }

    // Lengths, IP id, sequence number, flags (CWR on the first only, FIN and PSH on the last only) and checksums of one segment.
    private static void Finish(
        Span<byte> segment, ref FrameInfo info, uint sequence, TcpFlags flags, int number, bool last)
    {
        Span<byte> network = segment[info.NetworkOffset..];
        Span<byte> transport = segment[info.TransportOffset..];
        BinaryPrimitives.WriteUInt32BigEndian(transport[TcpFields.SequenceNumberPosition..], sequence);
        TcpFlags kept = last ? flags : flags & ~LastOnly;
        kept = number == 0 ? kept : kept & ~TcpFlags.Cwr;
        transport[TcpFields.DataOffsetAndFlagsPosition + 1] = (byte)kept;
        if (info.Kind == FrameKind.Flow4)
        {
            BinaryPrimitives.WriteUInt16BigEndian(network[IPv4Fields.TotalLengthPosition..], (ushort)network.Length);
            ushort id = BinaryPrimitives.ReadUInt16BigEndian(network[IPv4Fields.IdPosition..]);
            BinaryPrimitives.WriteUInt16BigEndian(network[IPv4Fields.IdPosition..], (ushort)(id + number));
            if (Ipv4View.TryWrap(network, out Ipv4View ip))
            {
                ip.CompleteHeaderChecksum();
                WriteChecksum(ip.Source, ip.Destination, info.Protocol, transport);
            }
        }
        else
        {
            BinaryPrimitives.WriteUInt16BigEndian(
                network[Ipv6PayloadLengthOffset..], (ushort)(network.Length - Ipv6View.HeaderLength));
            if (Ipv6View.TryWrap(network, out Ipv6View ip))
            {
                WriteChecksum(ip.Source, ip.Destination, info.Protocol, transport);
            }
        }
    }

    private static void WriteChecksum<TAddress>(
        TAddress source, TAddress destination, byte protocol, Span<byte> segment)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        if (protocol == IpProtocol.Udp && UdpView.TryWrap(segment, out UdpView udp))
        {
            segment = segment[..udp.Length];
        }
        int offset = InternetChecksum.ChecksumOffset(protocol);
        if (offset >= 0 && segment.Length >= offset + 2)
        {
            ushort checksum = InternetChecksum.ComputeTransport(source, destination, protocol, segment);
            BinaryPrimitives.WriteUInt16BigEndian(segment[offset..], checksum);
        }
    }

    // Ports with a jumbo MTU get their own, larger slots the first time one is needed.
    private FrameMemory MemoryFor(int frameBytes)
    {
        if (frameBytes <= _memory.FrameBytes)
        {
            return _memory;
        }
        if (_jumbo is null || _jumbo.FrameBytes < frameBytes)
        {
            _jumbo = new FrameMemory(Limits.MaxSegments, Math.Min(frameBytes, Limits.MaxFrameBytes));
        }
        return _jumbo;
    }
}
