// Cuts the packet of a frame into fragments and puts fragments together again, by the Wire views
// and the words of RFC 791 and RFC 8200: the hosts at both ends of a test. Used by the tests of
// fragments and of ICMP errors.

using System.Buffers.Binary;
using PacketSwitch.Wire;
using Xunit;

namespace PacketSwitch.Tests.DataPlane.Fragments;

internal static class Fragmenter
{
    private const int Ethernet = 14;

    /// <summary>
    /// A fragment of an untagged frame without IP options: its payload from one byte to another.
    /// </summary>
    public static byte[] Piece(byte[] whole, int from, int to, bool more, ushort id = 1)
    {
        bool isV6 = whole[12] == 0x86;
        int header = Ethernet + (isV6 ? 40 : 20);
        byte[] piece = [.. whole[..header], .. whole[(header + from)..(header + to)]];
        int counted = piece.Length - Ethernet - (isV6 ? 40 : 0);
        BinaryPrimitives.WriteUInt16BigEndian(piece.AsSpan(Ethernet + (isV6 ? 4 : 2)), (ushort)counted);
        return FrameEdits.AsFragment(piece, from, more, id);
    }

    /// <summary>All fragments of a frame, cut at the given bytes of its IP payload.</summary>
    public static byte[][] Cut(byte[] whole, ushort id, params int[] cuts)
    {
        int length = whole.Length - Ethernet - (whole[12] == 0x86 ? 40 : 20);
        int[] bounds = [0, .. cuts, length];
        return [.. Enumerable.Range(0, bounds.Length - 1).Select(
            i => Piece(whole, bounds[i], bounds[i + 1], i < bounds.Length - 2, id))];
    }

    /// <summary>
    /// Random fragments of a frame: each carries at most 1,440 bytes, the first holds the
    /// transport header.
    /// </summary>
    public static byte[][] CutAtRandom(byte[] whole, ushort id, Random random)
    {
        int length = whole.Length - Ethernet - (whole[12] == 0x86 ? 40 : 20);
        int least = Math.Max(8, ((length / 50) + 7) / 8 * 8);
        var cuts = new List<int>();
        for (int at = Next(24); at < length; at += Next(8))
        {
            cuts.Add(at);
        }
        return Cut(whole, id, [.. cuts]);

        int Next(int atLeast) => random.Next(Math.Max(atLeast, least) / 8, (1_440 / 8) + 1) * 8;
    }

    /// <summary>
    /// The whole frame that a host makes of fragments, in any order; null when a byte is missing.
    /// </summary>
    public static byte[]? Join(IEnumerable<byte[]> frames)
    {
        var pieces = new SortedDictionary<int, byte[]>();
        byte[]? first = null;
        int end = -1;
        foreach (byte[] frame in frames)
        {
            (int offset, bool more, byte[] data) = Read(frame);
            if (pieces.TryGetValue(offset, out byte[]? same) && !same.AsSpan().SequenceEqual(data))
            {
                throw new InvalidOperationException($"two fragments at {offset} differ");
            }
            pieces[offset] = data;
            first = offset == 0 ? frame : first;
            end = more ? end : offset + data.Length;
        }
        int reached = 0;
        foreach ((int offset, byte[] data) in pieces)
        {
            reached = offset == reached ? offset + data.Length : -1;
        }
        return first is null || reached < 0 || reached != end
            ? null : Whole(first, [.. pieces.Values.SelectMany(data => data)]);
    }

    /// <summary>Where a fragment stands, whether more follow, and what it carries.</summary>
    public static (int Offset, bool More, byte[] Data) Read(byte[] frame)
    {
        Assert.True(EthernetView.TryWrap(frame, out EthernetView ethernet));
        if (Ipv4View.TryWrap(ethernet.Payload, out Ipv4View ip4))
        {
            Assert.True(ip4.HeaderChecksumIsValid);
            return (ip4.FragmentOffsetBytes, ip4.MoreFragments, ip4.Payload.ToArray());
        }
        Assert.True(Ipv6View.TryWrap(ethernet.Payload, out Ipv6View ip6));
        Assert.True(ip6.TryFindUpperLayer(out Ipv6UpperLayer upper));
        return (upper.FragmentOffsetBytes, upper.MoreFragments, ip6.PayloadOf(upper).ToArray());
    }

    private static byte[] Whole(byte[] first, byte[] payload)
    {
        bool isV6 = first[12] == 0x86;
        byte[] whole = [.. first[..(Ethernet + (isV6 ? 40 : 20))], .. payload];
        Span<byte> packet = whole.AsSpan(Ethernet);
        if (isV6)
        {
            BinaryPrimitives.WriteUInt16BigEndian(packet[4..], (ushort)payload.Length);
            packet[6] = first[Ethernet + 40];
            return whole;
        }
        BinaryPrimitives.WriteUInt16BigEndian(packet[2..], (ushort)packet.Length);
        BinaryPrimitives.WriteUInt32BigEndian(packet[4..], 0x4000);
        Assert.True(Ipv4View.TryWrap(packet, out Ipv4View ip));
        ip.CompleteHeaderChecksum();
        return whole;
    }
}
