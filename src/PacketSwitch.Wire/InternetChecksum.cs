// The only checksum code of the switch: full sums, RFC 1624 deltas, and the rule for checksums that
// a network card was to finish. Rewrites, frame writers, segmentation and every test go through it.
// All sums are one's complement sums of 16-bit words in host order.

using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace PacketSwitch.Wire;

/// <summary>Internet checksums (RFC 1071, RFC 1624).</summary>
public static class InternetChecksum
{
    private const int UdpLengthPosition = 4;
    private const int UdpHeaderLength = 8;

    /// <summary>
    /// The sum of the big-endian 16-bit words of <paramref name="data"/>; an odd last byte counts
    /// as the high half of a word. It is 0 only if all words and the initial sum are.
    /// </summary>
    /// <param name="data">Any length, at any alignment.</param>
    /// <param name="initial">A sum to add to: that of another part, of even length, of the
    /// data.</param>
    /// <returns>At most 0x2fffd, to be folded or added to.</returns>
    public static uint Sum(ReadOnlySpan<byte> data, uint initial = 0)
    {
        // Machine order is as good as network order until the end (RFC 1071 section 2 (B)); halves
        // of 32 bits go into 64-bit lanes, which cannot overflow below 16 GiB of data.
        ulong sum = 0;
        if (data.Length >= Vector<byte>.Count)
            sum = SumVectors(ref data);
        while (data.Length >= sizeof(ulong))
        {
            ulong words = MemoryMarshal.Read<ulong>(data);
            sum += (uint)words + (words >> 32);
            data = data[sizeof(ulong)..];
        }
        if (data.Length >= sizeof(uint))
        {
            sum += MemoryMarshal.Read<uint>(data);
            data = data[sizeof(uint)..];
        }
        if (data.Length >= sizeof(ushort))
        {
            sum += MemoryMarshal.Read<ushort>(data);
            data = data[sizeof(ushort)..];
        }
        if (data.Length > 0)
            sum += BitConverter.IsLittleEndian ? data[0] : (uint)data[0] << 8;
        ushort folded = Fold(sum);
        if (BitConverter.IsLittleEndian)
            folded = BinaryPrimitives.ReverseEndianness(folded);
        return folded + (initial & 0xffff) + (initial >> 16);
    }

    /// <summary>Adds the carries back in until 16 bits are left (RFC 1071 section 1).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ushort Fold(ulong sum)
    {
        // Added to itself with its halves exchanged, a sum carries in its upper half the carry of the lower one.
        uint half = (uint)((sum + BitOperations.RotateLeft(sum, 32)) >> 32);
        return (ushort)((half + BitOperations.RotateLeft(half, 16)) >> 16);
    }

    /// <summary>The checksum that belongs to a sum: its complement.</summary>
    public static ushort Finish(ulong sum) => (ushort)~Fold(sum);

    /// <summary>
    /// The checksum of <paramref name="data"/>, whose checksum field must be 0. Over data with its
    /// right checksum in place the result is 0.
    /// </summary>
    public static ushort Compute(ReadOnlySpan<byte> data) => Finish(Sum(data));

    /// <summary>
    /// The sum of the pseudo header of TCP, UDP and ICMPv6 (RFC 9293 section 3.1, RFC 8200 section
    /// 8.1). Folded, it is what stands in the field of a segment whose checksum a network card was
    /// to finish.
    /// </summary>
    public static uint PseudoHeaderSum<TAddress>(
        TAddress source, TAddress destination, byte protocol, int length)
        where TAddress : unmanaged, IIpAddress<TAddress> =>
        source.WordSum + destination.WordSum + protocol
        + ((uint)length & 0xffff) + ((uint)length >> 16);

    /// <summary>
    /// What to add to a complemented checksum when words of the covered data change: the folded sum
    /// of the new words and the complements of the old (RFC 1624 section 3). Several fields are
    /// combined by adding their words into one old and one new sum. 0 if nothing changes.
    /// </summary>
    /// <param name="oldWordSum">Sum of the 16-bit words before; need not be folded.</param>
    /// <param name="newWordSum">Sum of the same words after.</param>
    public static ushort Delta(uint oldWordSum, uint newWordSum)
    {
        ushort before = Fold(oldWordSum);
        ushort after = Fold(newWordSum);
        return before == after ? (ushort)0 : Fold((ulong)(ushort)~before + after);
    }

    /// <summary>
    /// The new value of a complete checksum: ~(~C + delta), RFC 1624 equation 3. It equals a full
    /// recomputation unless all covered words are zero, before or after.
    /// </summary>
    public static ushort Update(ushort checksum, ushort delta) =>
        (ushort)~AddFolded((ushort)~checksum, delta);

    /// <summary>
    /// The same when besides two words, ports for example, are replaced. A checksum that stays the
    /// same stays as it was written: 0 and 0xffff are one number here.
    /// </summary>
    /// <param name="checksum">The checksum before.</param>
    /// <param name="delta">Of the other words.</param>
    /// <param name="before">The two words before, as one number.</param>
    /// <param name="after">The two words after.</param>
    public static ushort Update(ushort checksum, ushort delta, uint before, uint after)
    {
        before = ~before;
        uint sum = (uint)(ushort)~checksum + delta + (before >> 16) + (ushort)before
            + (after >> 16) + (ushort)after;
        sum = (ushort)sum + (sum >> 16);
        var updated = (ushort)~(sum + (sum >> 16));
        return updated != 0 || checksum != ushort.MaxValue ? updated : checksum;
    }

    /// <summary>
    /// As <see cref="Update(ushort, ushort)"/>, by the rules of UDP (RFC 768): 0 means "none" and
    /// stays 0, and a computed 0 is sent as 0xffff.
    /// </summary>
    public static ushort UpdateUdp(ushort checksum, ushort delta)
    {
        if (checksum == 0)
            return 0;
        ushort updated = Update(checksum, delta);
        return updated == 0 ? ushort.MaxValue : updated;
    }

    /// <summary>
    /// The new value of an unfinished checksum (CHECKSUM_PARTIAL), a field that holds the pseudo
    /// header's sum without complement. Only addresses count in <paramref name="delta"/>: ports are
    /// not part of the pseudo header.
    /// </summary>
    public static ushort UpdatePartial(ushort field, ushort delta) => AddFolded(field, delta);

    /// <summary>
    /// Where the checksum stands in a transport header whose checksum covers a pseudo header: TCP
    /// 16, UDP 6, ICMPv6 2; -1 for any other protocol, ICMP over IPv4 among them.
    /// </summary>
    public static int ChecksumOffset(byte protocol) => protocol switch
    {
        IpProtocol.Tcp => 16,
        IpProtocol.Udp => 6,
        IpProtocol.IcmpV6 => 2,
        _ => -1,
    };

    /// <summary>
    /// The checksum that should stand in the field of a TCP, UDP or ICMPv6 segment, whatever stands
    /// there now. Never 0 for UDP. A UDP datagram ends where its length field says, if that is
    /// possible.
    /// </summary>
    public static ushort ComputeTransport<TAddress>(
        TAddress source, TAddress destination, byte protocol, ReadOnlySpan<byte> segment)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        ReadOnlySpan<byte> covered = Covered(protocol, segment);
        int offset = ChecksumOffset(protocol);
        uint sum = PseudoHeaderSum(source, destination, protocol, covered.Length);
        if (offset < 0 || covered.Length < offset + sizeof(ushort))
            return Finish(Sum(covered, sum));
        // The field's own word is left out rather than set to zero, so that the segment stays as it
        // is.
        sum = Sum(covered[..offset], sum);
        ushort checksum = Finish(Sum(covered[(offset + sizeof(ushort))..], sum));
        return checksum == 0 && protocol == IpProtocol.Udp ? ushort.MaxValue : checksum;
    }

    /// <summary>
    /// True if the segment's checksum verifies. A UDP checksum of 0 is right over IPv4 and wrong
    /// over IPv6 (RFC 8200 section 8.1). True for protocols without a <see cref="ChecksumOffset"/>;
    /// false if the segment ends before the field.
    /// </summary>
    public static bool TransportIsValid<TAddress>(
        TAddress source, TAddress destination, byte protocol, ReadOnlySpan<byte> segment)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        int offset = ChecksumOffset(protocol);
        if (offset < 0)
            return true;
        ReadOnlySpan<byte> covered = Covered(protocol, segment);
        if (covered.Length < offset + sizeof(ushort))
            return false;
        if (protocol == IpProtocol.Udp && covered.Read16(offset) == 0)
            return !TAddress.IsV6;
        uint sum = PseudoHeaderSum(source, destination, protocol, covered.Length);
        return Finish(Sum(covered, sum)) == 0;
    }

    /// <summary>
    /// True if the field holds the folded pseudo header sum that a sender leaves for its network
    /// card to finish, and does not verify as it is. One in 65,536 wrong checksums looks like that
    /// too.
    /// </summary>
    public static bool TransportIsPartial<TAddress>(
        TAddress source, TAddress destination, byte protocol, ReadOnlySpan<byte> segment)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        int offset = ChecksumOffset(protocol);
        ReadOnlySpan<byte> covered = Covered(protocol, segment);
        if (offset < 0 || covered.Length < offset + sizeof(ushort))
            return false;
        uint sum = PseudoHeaderSum(source, destination, protocol, covered.Length);
        return covered.Read16(offset) == Fold(sum) && Finish(Sum(covered, sum)) != 0;
    }

    // The sum of two words has one carry at most, and none after it was added back in.
    private static ushort AddFolded(ushort left, ushort right)
    {
        uint sum = (uint)left + right;
        return (ushort)(sum + (sum >> 16));
    }

    private static ulong SumVectors(ref ReadOnlySpan<byte> data)
    {
        Vector<ulong> lanes = Vector<ulong>.Zero;
        Vector<ulong> low = new(uint.MaxValue);
        do
        {
            Vector<ulong> words = Vector.AsVectorUInt64(new Vector<byte>(data));
            lanes += (words & low) + (words >>> 32);
            data = data[Vector<byte>.Count..];
        }
        while (data.Length >= Vector<byte>.Count);
        // The lanes are narrowed before they are added together, so that no carry is lost.
        return Vector.Sum((lanes & low) + (lanes >>> 32));
    }

    private static ReadOnlySpan<byte> Covered(byte protocol, ReadOnlySpan<byte> segment)
    {
        if (protocol != IpProtocol.Udp || segment.Length < UdpHeaderLength)
            return segment;
        int length = segment.Read16(UdpLengthPosition);
        return length >= UdpHeaderLength && length <= segment.Length ? segment[..length] : segment;
    }
}
