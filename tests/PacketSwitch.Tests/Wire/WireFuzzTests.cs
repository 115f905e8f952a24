// Any bytes in, no exception out: every view and every reader of whole frames on random and mutated
// bytes. What they say must also be possible: nothing lies outside the bytes there are.

using PacketSwitch.Wire;
using Xunit;

namespace PacketSwitch.Tests.Wire;

public sealed class WireFuzzTests
{
    private static readonly byte[] Suspects =
        [0, 1, 2, 5, 0x45, 0x4f, 0x60, 0x7f, 0x80, 0x86, 0xdd, 0xff];

    [Theory]
    [InlineData(21, 140_000)]
    public void Mutated_frames_are_read_without_an_exception(int seed, int count)
    {
        Random random = new(seed);
        byte[][] literal = WireFrames.All();
        for (int round = 0; round < count; round++)
        {
            byte[] frame = random.Next(2) == 0
                ? [.. literal[random.Next(literal.Length)]]
                : RandomFrames.Next(random);
            for (int changes = random.Next(6); changes > 0; changes--)
                frame[random.Next(Math.Min(frame.Length, 100))] = Interesting(random);
            if (random.Next(3) == 0)
                frame = frame[..random.Next(frame.Length + 1)];
            ReadAll(frame, $"seed {seed}, round {round}");
        }
    }

    [Theory]
    [InlineData(22, 60_000)]
    public void Random_bytes_are_read_without_an_exception(int seed, int count)
    {
        Random random = new(seed);
        for (int round = 0; round < count; round++)
        {
            byte[] bytes = new byte[random.Next(120)];
            random.NextBytes(bytes);
            if (bytes.Length > 14 && random.Next(2) == 0)
            {
                bytes[12] = random.Next(2) == 0 ? (byte)0x08 : (byte)0x86;
                bytes[13] = bytes[12] == 0x08 ? (byte)0x00 : (byte)0xdd;
                bytes[14] = bytes[12] == 0x08 ? (byte)0x45 : (byte)0x60;
            }
            ReadAll(bytes, $"seed {seed}, round {round}");
        }
    }

    private static void ReadAll(byte[] bytes, string where)
    {
        try
        {
            ReadFrame(bytes);
            // Each view is also given the bare bytes, as if all before it had been well formed.
            ReadIpv4(bytes);
            ReadIpv6(bytes);
            ReadUpper(bytes);
            ReadArp(bytes);
            Assert.NotEmpty(FrameText.Describe(bytes));
            FrameChecksums.AreValid(bytes);
            if (FrameChecksums.TryCompleteTransport(bytes) && !HasWrongIpv4Header(bytes))
                Assert.True(FrameChecksums.AreValid(bytes));
        }
        catch (Exception exception)
        {
            Assert.Fail($"{where}: {Convert.ToHexString(bytes)}: {exception}");
        }
    }

    private static bool HasWrongIpv4Header(byte[] bytes) =>
        EthernetView.TryWrap(bytes, out EthernetView ethernet)
        && ethernet.EtherType == EtherTypes.Ipv4
        && Ipv4View.TryWrap(ethernet.Payload, out Ipv4View ip)
        && !ip.HeaderChecksumIsValid;

    private static void ReadFrame(byte[] bytes)
    {
        if (!EthernetView.TryWrap(bytes, out EthernetView view))
            return;
        Assert.InRange(view.VlanTagCount, 0, 2);
        Assert.Equal(bytes.Length, view.HeaderLength + view.Payload.Length);
        Assert.Equal(view.VlanTagCount == 0, view.OuterTagType == 0);
        _ = view.Source.Value + view.Destination.Value + view.OuterTag + view.EtherType;
        ReadIpv4(view.Payload);
        ReadIpv6(view.Payload);
        ReadArp(view.Payload);
    }

    private static void ReadArp(Span<byte> bytes)
    {
        if (ArpView.TryWrap(bytes, out ArpView view))
        {
            _ = view.SenderMac.Value + view.TargetMac.Value + view.SenderAddress.Value
                + view.TargetAddress.Value + (ushort)view.Operation;
        }
    }

    private static void ReadIpv4(Span<byte> bytes)
    {
        if (!Ipv4View.TryWrap(bytes, out Ipv4View view))
            return;
        Assert.InRange(view.HeaderLength, 20, 60);
        Assert.InRange(view.TotalLength, view.HeaderLength, bytes.Length);
        Assert.Equal(view.TotalLength, view.HeaderLength + view.Payload.Length);
        _ = view.HeaderChecksumIsValid | view.DontFragment | view.HasOptions | view.MoreFragments;
        _ = view.Source.Value + view.Destination.Value + view.DscpEcn + view.Identification
            + view.HeaderChecksum + view.Ttl + view.Protocol;
        Assert.Equal(view.IsFragment, view.MoreFragments || view.FragmentOffsetBytes > 0);
        ReadUpper(view.Payload);
    }

    private static void ReadIpv6(Span<byte> bytes)
    {
        if (!Ipv6View.TryWrap(bytes, out Ipv6View view))
            return;
        Assert.InRange(view.PayloadLength, 0, bytes.Length - Ipv6View.HeaderLength);
        Assert.Equal(view.PayloadLength, view.Payload.Length);
        _ = view.Source.Low + view.Destination.High + view.FlowLabel + view.TrafficClass
            + view.HopLimit + view.NextHeader;
        if (!view.TryFindUpperLayer(out Ipv6UpperLayer upper))
            return;
        Assert.InRange(upper.Offset - Ipv6View.HeaderLength, 0, view.PayloadLength);
        Assert.InRange(upper.FragmentOffsetBytes, 0, 65_528);
        ReadUpper(view.PayloadOf(upper));
    }

    private static void ReadUpper(Span<byte> bytes)
    {
        if (TcpView.TryWrap(bytes, out TcpView tcp))
        {
            Assert.Equal(bytes.Length, 20 + tcp.Options.Length + tcp.Payload.Length);
            _ = tcp.SequenceNumber + tcp.AcknowledgementNumber + tcp.SourcePort
                + tcp.DestinationPort + tcp.Window + tcp.Checksum + (byte)tcp.Flags;
            tcp.TryGetMaximumSegmentSize(out _);
            tcp.TryGetWindowScale(out _);
        }
        if (UdpView.TryWrap(bytes, out UdpView udp))
        {
            Assert.InRange(udp.Length, 8, bytes.Length);
            Assert.Equal(udp.Length, 8 + udp.Payload.Length);
            _ = udp.SourcePort + udp.DestinationPort + udp.Checksum;
        }
        if (IcmpView.TryWrap(bytes, out IcmpView icmp))
        {
            Assert.Equal(bytes.Length, 8 + icmp.Payload.Length);
            _ = icmp.Parameter + icmp.Identifier + icmp.Sequence + icmp.Checksum + icmp.Type
                + icmp.Code;
        }
        if (NeighborView.TryWrap(bytes, out NeighborView neighbor))
        {
            _ = neighbor.TargetAddress.Low + (uint)neighbor.Flags;
            neighbor.TryGetLinkLayerAddress(out _);
        }
    }

    /// <summary>Bytes that are lengths, versions, kinds and masks more often than chance.</summary>
    private static byte Interesting(Random random) => random.Next(3) switch
    {
        0 => (byte)random.Next(256),
        1 => (byte)(1 << random.Next(8)),
        _ => Suspects[random.Next(Suspects.Length)],
    };
}
