// The views against PacketDotNet: a 64-byte TCP frame read down to its five-tuple, and the checksum
// code at the sizes that count. Run with `--filter *Wire*`; 0 B is the budget of everything but
// PacketDotNet.

using BenchmarkDotNet.Attributes;
using PacketDotNet;
using PacketSwitch.Wire;

namespace PacketSwitch.Bench;

[MemoryDiagnoser]
public class WireBenchmarks
{
    private const int FrameLength = 64;

    private readonly byte[] _frameV4 = new byte[FrameLength];
    private readonly byte[] _frameV6 = new byte[128];
    private readonly byte[] _payload = new byte[1_460];
    private int _lengthV6;

    [GlobalSetup]
    public void WriteFrames()
    {
        byte[] data = new byte[FrameLength - 14 - 20 - 20];
        FrameWriter.Tcp(_frameV4, Addresses(new Ipv4Address(1)), 1, 2, TcpFlags.Ack, 512, [], data);
        _lengthV6 = FrameWriter.Tcp(
            _frameV6, Addresses(new Ipv6Address(0, 1)), 1, 2, TcpFlags.Ack, 512, [], data);
        new Random(1).NextBytes(_payload);
    }

    /// <summary>What the fast path would cost on PacketDotNet's objects.</summary>
    [Benchmark(Baseline = true)]
    public int FiveTupleByPacketDotNet()
    {
        Packet ethernet = Packet.ParsePacket(LinkLayers.Ethernet, _frameV4);
        if (ethernet.PayloadPacket is not IPv4Packet { PayloadPacket: TcpPacket tcp } ip)
            return 0;
        return HashCode.Combine(
            ip.SourceAddress, ip.DestinationAddress, ip.Protocol,
            tcp.SourcePort, tcp.DestinationPort);
    }

    [Benchmark]
    public uint FiveTupleByViews()
    {
        if (!EthernetView.TryWrap(_frameV4, out EthernetView ethernet)
            || ethernet.EtherType != EtherTypes.Ipv4
            || !Ipv4View.TryWrap(ethernet.Payload, out Ipv4View ip)
            || ip.IsFragment
            || ip.Protocol != IpProtocol.Tcp
            || !TcpView.TryWrap(ip.Payload, out TcpView tcp))
            return 0;
        return ip.Source.Value ^ ip.Destination.Value ^ ip.Protocol
            ^ ((uint)tcp.SourcePort << 16) ^ tcp.DestinationPort;
    }

    [Benchmark]
    public ulong FiveTupleByViewsV6()
    {
        if (!EthernetView.TryWrap(_frameV6.AsSpan(0, _lengthV6), out EthernetView ethernet)
            || ethernet.EtherType != EtherTypes.Ipv6
            || !Ipv6View.TryWrap(ethernet.Payload, out Ipv6View ip)
            || !ip.TryFindUpperLayer(out Ipv6UpperLayer upper)
            || upper.IsFragment
            || upper.Protocol != IpProtocol.Tcp
            || !TcpView.TryWrap(ip.PayloadOf(upper), out TcpView tcp))
            return 0;
        return ip.Source.Low ^ ip.Destination.Low ^ upper.Protocol
            ^ ((uint)tcp.SourcePort << 16) ^ tcp.DestinationPort;
    }

    [Benchmark]
    public bool HeaderChecksumIsValid() =>
        Ipv4View.TryWrap(_frameV4.AsSpan(14), out Ipv4View ip) && ip.HeaderChecksumIsValid;

    [Benchmark]
    public ushort ChecksumOf1460Bytes() => InternetChecksum.Compute(_payload);

    [Benchmark]
    public ushort ChecksumUpdate() => InternetChecksum.Update(
        0xdd2f, InternetChecksum.Delta((uint)_payload[0] << 8, _payload[1]));

    private static FrameAddresses<TAddress> Addresses<TAddress>(TAddress address)
        where TAddress : unmanaged, IIpAddress<TAddress> => new()
        {
            Source = address,
            Destination = address,
            SourcePort = 1025,
            DestinationPort = 80,
        };
}
