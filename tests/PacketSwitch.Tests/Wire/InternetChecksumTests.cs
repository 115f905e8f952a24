// The checksum code against its definition: full sums at every length and alignment, the delta at
// every 16-bit corner, the rules of UDP and of unfinished checksums.

using System.Buffers.Binary;
using PacketSwitch.Wire;
using Xunit;

namespace PacketSwitch.Tests.Wire;

public sealed class InternetChecksumTests
{
    /// <summary>Words around which one's complement arithmetic goes wrong first.</summary>
    private static readonly ushort[] Corners =
        [0x0000, 0x0001, 0x00ff, 0x0100, 0x5555, 0x7fff, 0x8000, 0xaaaa, 0xff00, 0xfffe, 0xffff];

    private static readonly Ipv4Address Source = Ipv4Address.Parse("192.0.2.1");
    private static readonly Ipv4Address Destination = Ipv4Address.Parse("192.0.2.2");

    [Fact]
    public void The_example_of_RFC_1071_sums_to_ddf2()
    {
        byte[] data = WireFrames.Hex("0001 f203 f4f5 f6f7");

        Assert.Equal(0xddf2, InternetChecksum.Fold(InternetChecksum.Sum(data)));
        Assert.Equal(0x220d, InternetChecksum.Compute(data));
    }

    [Fact]
    public void The_example_of_RFC_1624_gives_0000_and_not_ffff()
    {
        ushort delta = InternetChecksum.Delta(0x5555, 0x3285);

        Assert.Equal(0x0000, InternetChecksum.Update(0xdd2f, delta));
    }

    [Fact]
    public void Every_length_at_every_alignment_sums_as_defined()
    {
        Random random = new(2);
        byte[] buffer = new byte[400];
        random.NextBytes(buffer);
        for (int start = 0; start < 33; start++)
        {
            for (int length = 0; length <= 320; length++)
            {
                ReadOnlySpan<byte> data = buffer.AsSpan(start, length);
                Assert.Equal(NaiveChecksum.Checksum(data), InternetChecksum.Compute(data));
            }
        }
    }

    [Fact]
    public void A_whole_super_frame_of_ones_loses_no_carry()
    {
        byte[] data = new byte[65_535];
        Array.Fill(data, (byte)0xff);

        Assert.Equal(NaiveChecksum.Checksum(data), InternetChecksum.Compute(data));
    }

    [Fact]
    public void Only_zeros_sum_to_zero()
    {
        byte[] data = new byte[128];

        Assert.Equal(0u, InternetChecksum.Sum(data));
        for (int at = 0; at < data.Length; at++)
        {
            data.AsSpan().Clear();
            data[at] = 0xff;
            data[at ^ 1] = 0xff;
            Assert.Equal(0xffff, InternetChecksum.Fold(InternetChecksum.Sum(data)));
        }
    }

    [Fact]
    public void A_sum_goes_on_where_another_of_even_length_ended()
    {
        Random random = new(3);
        byte[] data = new byte[101];
        random.NextBytes(data);
        for (int split = 0; split <= 100; split += 2)
        {
            uint first = InternetChecksum.Sum(data.AsSpan(0, split));
            uint all = InternetChecksum.Sum(data.AsSpan(split), first);
            Assert.Equal(NaiveChecksum.Checksum(data), InternetChecksum.Finish(all));
        }
        uint unfolded = InternetChecksum.Sum(default, initial: 0xffff_0001);
        Assert.Equal(1, InternetChecksum.Fold(unfolded));
    }

    [Theory]
    [InlineData(0ul, 0)]
    [InlineData(0xfffful, 0xffff)]
    [InlineData(0x1_0000ul, 1)]
    [InlineData(0x1_fffeul, 0xffff)]
    [InlineData(0xffff_fffful, 0xffff)]
    [InlineData(0x1_0000_0000ul, 1)]
    [InlineData(ulong.MaxValue, 0xffff)]
    [InlineData(ulong.MaxValue - 1, 0xfffe)]
    [InlineData(0xffff_0000_ffff_0001ul, 1)]
    public void Folding_adds_every_carry(ulong sum, int folded)
    {
        Assert.Equal(folded, InternetChecksum.Fold(sum));
        Assert.Equal((ushort)~folded, InternetChecksum.Finish(sum));
    }

    [Fact]
    public void A_delta_equals_a_full_recomputation_for_every_word_at_every_corner()
    {
        byte[] data = new byte[6];
        data[4] = 0x45; // As in every packet there is, not all covered words are zero.
        foreach (ushort other in Corners)
        {
            foreach (ushort before in Corners)
            {
                BinaryPrimitives.WriteUInt16BigEndian(data.AsSpan(2), other);
                BinaryPrimitives.WriteUInt16BigEndian(data, before);
                ushort checksum = NaiveChecksum.Checksum(data);
                for (int after = 0; after <= 0xffff; after++)
                {
                    BinaryPrimitives.WriteUInt16BigEndian(data, (ushort)after);
                    ushort expected = NaiveChecksum.Checksum(data);
                    ushort delta = InternetChecksum.Delta(before, (uint)after);
                    ushort back = InternetChecksum.Delta((uint)after, before);
                    ushort updated = InternetChecksum.Update(checksum, delta);
                    if (updated != expected || InternetChecksum.Update(updated, back) != checksum)
                        Assert.Fail($"{before:x4} to {after:x4} beside {other:x4}: {updated:x4}");
                }
            }
        }
    }

    [Fact]
    public void One_delta_stands_for_two_addresses_and_two_ports()
    {
        const int Seed = 4;
        Random random = new(Seed);
        byte[] data = new byte[40];
        for (int round = 0; round < 200_000; round++)
        {
            random.NextBytes(data);
            for (int word = 0; word < 12; word += 2)
            {
                if (random.Next(3) == 0)
                    BinaryPrimitives.WriteUInt16BigEndian(data.AsSpan(word), Corner(random));
            }
            data[39] |= 1;
            ushort checksum = NaiveChecksum.Checksum(data);
            uint before = NaiveChecksum.Sum(data.AsSpan(0, 12));
            uint addresses = NaiveChecksum.Sum(data.AsSpan(0, 8));
            uint ports = BinaryPrimitives.ReadUInt32BigEndian(data.AsSpan(8));
            for (int word = 0; word < 12; word += 2)
                BinaryPrimitives.WriteUInt16BigEndian(data.AsSpan(word), Corner(random));
            uint after = NaiveChecksum.Sum(data.AsSpan(0, 12));

            ushort there = InternetChecksum.Delta(before, after);
            ushort back = InternetChecksum.Delta(after, before);
            ushort updated = InternetChecksum.Update(checksum, there);
            ushort restored = InternetChecksum.Update(updated, back);
            ushort atOnce = InternetChecksum.Update(
                checksum,
                InternetChecksum.Delta(addresses, NaiveChecksum.Sum(data.AsSpan(0, 8))),
                ports,
                BinaryPrimitives.ReadUInt32BigEndian(data.AsSpan(8)));

            if (updated != NaiveChecksum.Checksum(data) || restored != checksum
                || atOnce != updated)
                Assert.Fail($"seed {Seed}, round {round}: {Convert.ToHexString(data)}");
        }
    }

    [Fact]
    public void A_change_to_the_same_words_leaves_even_an_unusual_checksum_alone()
    {
        foreach (ushort word in Corners)
        {
            ushort delta = InternetChecksum.Delta(word, word);
            Assert.Equal(0xffff, InternetChecksum.Update(0xffff, delta));
            Assert.Equal(0xffff, InternetChecksum.Update(0xffff, delta, 0x1234_0001, 0x1_1234));
            Assert.Equal(0x0000, InternetChecksum.Update(0x0000, delta));
            Assert.Equal(0x0000, InternetChecksum.UpdatePartial(0x0000, delta));
        }
    }

    [Fact]
    public void A_udp_checksum_of_0_stays_0_and_never_becomes_0()
    {
        for (int checksum = 0; checksum <= 0xffff; checksum++)
        {
            foreach (ushort delta in Corners)
            {
                ushort updated = InternetChecksum.UpdateUdp((ushort)checksum, delta);
                Assert.Equal(checksum == 0, updated == 0);
            }
        }
        // The complement of 0x1233 and this delta make 0xffff, whose complement is 0.
        Assert.Equal(0x0000, InternetChecksum.Update(0x1233, 0x1233));
        Assert.Equal(0xffff, InternetChecksum.UpdateUdp(0x1233, 0x1233));
    }

    [Fact]
    public void A_udp_checksum_comes_back_from_there_and_back()
    {
        for (int checksum = 1; checksum <= 0xffff; checksum++)
        {
            foreach (ushort before in Corners)
            {
                foreach (ushort after in Corners)
                {
                    ushort there = InternetChecksum.Delta(before, after);
                    ushort back = InternetChecksum.Delta(after, before);
                    ushort updated = InternetChecksum.UpdateUdp((ushort)checksum, there);
                    if (InternetChecksum.UpdateUdp(updated, back) != checksum)
                        Assert.Fail($"{checksum:x4}, {before:x4} to {after:x4}");
                }
            }
        }
    }

    [Fact]
    public void An_unfinished_checksum_follows_the_addresses()
    {
        const int Seed = 5;
        Random random = new(Seed);
        for (int round = 0; round < 100_000; round++)
        {
            Ipv4Address client = RandomAddress(random);
            Ipv4Address before = RandomAddress(random);
            Ipv4Address after = RandomAddress(random);
            int length = random.Next(20, 65_536);
            ushort field = Partial(client, before, length);

            ushort delta = InternetChecksum.Delta(before.WordSum, after.WordSum);
            ushort updated = InternetChecksum.UpdatePartial(field, delta);

            if (updated != Partial(client, after, length))
                Assert.Fail($"seed {Seed}, round {round}: {client}, {before} to {after}, {length}");
        }

        static ushort Partial(Ipv4Address source, Ipv4Address destination, int length) =>
            InternetChecksum.Fold(
                InternetChecksum.PseudoHeaderSum(source, destination, IpProtocol.Tcp, length));
    }

    [Fact]
    public void The_pseudo_header_is_that_of_each_family()
    {
        Ipv4Address v4Source = Ipv4Address.Parse("192.0.2.1");
        Ipv4Address v4Destination = Ipv4Address.Parse("198.51.100.2");
        Ipv6Address v6Source = Ipv6Address.Parse("2001:db8::1");
        Ipv6Address v6Destination = Ipv6Address.Parse("2001:db8:ffff::2");
        byte[] v4 = WireFrames.Hex("c000 0201 c633 6402 0006 1234");
        byte[] v6 = WireFrames.Hex(
            "2001 0db8 0000 0000 0000 0000 0000 0001 2001 0db8 ffff 0000 0000 0000 0000 0002"
            + "0001 1234 0000 0011");
        uint v4Sum = InternetChecksum.PseudoHeaderSum(
            v4Source, v4Destination, IpProtocol.Tcp, 0x1234);
        uint v6Sum = InternetChecksum.PseudoHeaderSum(
            v6Source, v6Destination, IpProtocol.Udp, 0x1_1234);

        Assert.Equal(NaiveChecksum.Checksum(v4), InternetChecksum.Finish(v4Sum));
        Assert.Equal(NaiveChecksum.Checksum(v6), InternetChecksum.Finish(v6Sum));
    }

    [Fact]
    public void The_checksum_that_should_stand_does_not_depend_on_what_stands_there()
    {
        byte[] segment = WireFrames.TcpSynV4()[34..];
        foreach (ushort standing in Corners)
        {
            BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(16), standing);
            Assert.Equal(
                0xc0b3,
                InternetChecksum.ComputeTransport(Source, Destination, IpProtocol.Tcp, segment));
            Assert.False(IsValid(segment));
        }
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(16), 0xc0b3);
        Assert.True(IsValid(segment));
    }

    [Fact]
    public void A_computed_udp_checksum_is_never_0()
    {
        byte[] datagram = WireFrames.Hex("0000 0000 000a 0000 0000");
        ushort zeroing = InternetChecksum.ComputeTransport(
            default(Ipv4Address), default, IpProtocol.Udp, datagram);
        BinaryPrimitives.WriteUInt16BigEndian(datagram.AsSpan(8), zeroing);

        ushort checksum = InternetChecksum.ComputeTransport(
            default(Ipv4Address), default, IpProtocol.Udp, datagram);

        Assert.Equal(0xffff, checksum);
        BinaryPrimitives.WriteUInt16BigEndian(datagram.AsSpan(6), checksum);
        Assert.True(InternetChecksum.TransportIsValid(
            default(Ipv4Address), default, IpProtocol.Udp, datagram));
    }

    [Fact]
    public void Udp_without_a_checksum_is_right_over_ipv4_only()
    {
        byte[] datagram = WireFrames.Hex("0001 0002 0009 0000 ff");

        Assert.True(InternetChecksum.TransportIsValid(
            default(Ipv4Address), default, IpProtocol.Udp, datagram));
        Assert.False(InternetChecksum.TransportIsValid(
            default(Ipv6Address), default, IpProtocol.Udp, datagram));
    }

    [Fact]
    public void Bytes_behind_a_udp_datagram_do_not_count()
    {
        byte[] datagram = WireFrames.UdpV4()[34..];

        byte[] longer = [.. datagram, 0xde, 0xad];

        Assert.True(InternetChecksum.TransportIsValid(Source, Destination, IpProtocol.Udp, longer));
        Assert.Equal(
            0xa253, InternetChecksum.ComputeTransport(Source, Destination, IpProtocol.Udp, longer));
    }

    [Fact]
    public void A_segment_that_ends_before_its_checksum_is_not_valid()
    {
        for (int length = 0; length < 18; length++)
        {
            byte[] segment = new byte[length];
            Assert.False(InternetChecksum.TransportIsValid(
                default(Ipv4Address), default, IpProtocol.Tcp, segment));
            Assert.False(InternetChecksum.TransportIsPartial(
                default(Ipv4Address), default, IpProtocol.Tcp, segment));
            InternetChecksum.ComputeTransport(
                default(Ipv4Address), default, IpProtocol.Tcp, segment);
        }
    }

    [Fact]
    public void An_unfinished_checksum_is_known_by_its_value()
    {
        byte[] segment = WireFrames.TcpSynV4()[34..];
        Assert.False(IsPartial(IpProtocol.Tcp, segment));
        ushort pseudoHeader = InternetChecksum.Fold(InternetChecksum.PseudoHeaderSum(
            Source, Destination, IpProtocol.Tcp, segment.Length));

        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(16), pseudoHeader);

        Assert.True(IsPartial(IpProtocol.Tcp, segment));
        Assert.False(IsPartial(IpProtocol.Icmp, segment));
    }

    [Fact]
    public void A_finished_checksum_that_looks_unfinished_is_finished()
    {
        byte[] segment = new byte[22];
        ushort pseudoHeader = InternetChecksum.Fold(InternetChecksum.PseudoHeaderSum(
            Source, Destination, IpProtocol.Tcp, segment.Length));
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(16), pseudoHeader);
        Assert.True(IsPartial(IpProtocol.Tcp, segment));
        ulong complement = (ushort)~pseudoHeader;

        // With this word the complete checksum is the very sum of the pseudo header.
        ushort word = InternetChecksum.Fold(complement + complement);
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(20), word);

        Assert.True(IsValid(segment));
        Assert.False(IsPartial(IpProtocol.Tcp, segment));
    }

    [Fact]
    public void Only_three_protocols_have_a_checksum_over_a_pseudo_header()
    {
        Assert.Equal(16, InternetChecksum.ChecksumOffset(IpProtocol.Tcp));
        Assert.Equal(6, InternetChecksum.ChecksumOffset(IpProtocol.Udp));
        Assert.Equal(2, InternetChecksum.ChecksumOffset(IpProtocol.IcmpV6));
        IEnumerable<byte> protocols = Enumerable.Range(0, 256).Select(number => (byte)number);
        Assert.Equal(253, protocols.Count(p => InternetChecksum.ChecksumOffset(p) == -1));
    }

    private static bool IsValid(byte[] tcpSegment) =>
        InternetChecksum.TransportIsValid(Source, Destination, IpProtocol.Tcp, tcpSegment);

    private static bool IsPartial(byte protocol, byte[] segment) =>
        InternetChecksum.TransportIsPartial(Source, Destination, protocol, segment);

    private static ushort Corner(Random random) =>
        random.Next(2) == 0 ? Corners[random.Next(Corners.Length)] : (ushort)random.Next(0x1_0000);

    private static Ipv4Address RandomAddress(Random random) =>
        new(((uint)Corner(random) << 16) | Corner(random));
}
