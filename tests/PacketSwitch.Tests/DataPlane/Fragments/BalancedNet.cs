// A client, a virtual service on port 53 (TCP and UDP, port 5353 at the servers) and two real
// servers around a whole switch, in either address family, for tests of what is not a plain flow.
// Frames are those of hosts: the switch's MAC in between.

using PacketSwitch.Control.Config;
using PacketSwitch.DataPlane;
using PacketSwitch.Tests.Control.Config;
using PacketSwitch.Wire;
using Xunit;

namespace PacketSwitch.Tests.DataPlane.Fragments;

internal sealed class BalancedNet : IDisposable
{
    public const ushort Service = 53;
    public const ushort RealPort = 5353;
    public const int ClientSide = 0;
    public const int ServerSide = 1;

    private static readonly MacAddress ClientMac = MacAddress.Parse("02:00:00:00:00:c1");

    private readonly bool _isV6;

    /// <param name="isV6">The address family.</param>
    /// <param name="more">More lines of configuration.</param>
    public BalancedNet(bool isV6, string more = "")
    {
        _isV6 = isV6;
        Switch = new TestSwitch(Texts.Read($"""
            /cfg/slb/on
            /cfg/slb/real 1 / rip {Real(1)} / mac 02:00:00:00:00:01 / ena
            /cfg/slb/real 2 / rip {Real(2)} / mac 02:00:00:00:00:02 / ena
            /cfg/slb/group 1 / metric roundrobin / add 1 / add 2
            /cfg/slb/virt 1 / vip {Vip} / ena / service {Service} / protocol both / rport {RealPort} / group 1
            /cfg/slb/port 1 / client ena
            /cfg/slb/port 2 / server ena
            {more}
            """));
    }

    public TestSwitch Switch { get; }

    public IpAddress Vip => Address("10.1.1.100", "2001:db8:1::100");
    public IpAddress Client => Address("10.0.0.1", "2001:db8::1");
    public IpAddress Stranger => Address("10.9.0.7", "2001:db8:9::7");

    public IpAddress Real(int number) => Address($"10.2.0.1{number}", $"2001:db8:2::1{number}");

    public static IEnumerable<object[]> Families => [[false], [true]];

    public void Dispose() => Switch.Dispose();

    /// <summary>A datagram as its sender sends it.</summary>
    public byte[] Udp(IpAddress source, ushort sourcePort, IpAddress target, ushort targetPort, byte[] payload)
    {
        byte[] buffer = new byte[payload.Length + 100];
        int length = _isV6
            ? FrameWriter.Udp(buffer, V6(source, sourcePort, target, targetPort), payload)
            : FrameWriter.Udp(buffer, V4(source, sourcePort, target, targetPort), payload);
        return buffer[..length];
    }

    /// <summary>A TCP segment as its sender sends it.</summary>
    public byte[] Tcp(
        IpAddress source, ushort sourcePort, IpAddress target, ushort targetPort, TcpFlags flags, byte[] payload,
        uint sequence = 1, uint acknowledgement = 0)
    {
        byte[] buffer = new byte[payload.Length + 100];
        int length = _isV6
            ? FrameWriter.Tcp(buffer, V6(source, sourcePort, target, targetPort), sequence, acknowledgement, flags,
                1000, default, payload)
            : FrameWriter.Tcp(buffer, V4(source, sourcePort, target, targetPort), sequence, acknowledgement, flags,
                1000, default, payload);
        return buffer[..length];
    }

    /// <summary>An ICMP error that quotes a packet.</summary>
    public byte[] IcmpError(
        IpAddress source, IpAddress target, byte type4, byte code4, byte type6, byte code6, uint parameter,
        ReadOnlySpan<byte> packet)
    {
        byte[] buffer = new byte[1500];
        int length = _isV6
            ? FrameWriter.IcmpErrorV6(buffer, V6(source, 0, target, 0), type6, code6, parameter, packet)
            : FrameWriter.IcmpErrorV4(buffer, V4(source, 0, target, 0), type4, code4, parameter, packet);
        return buffer[..length];
    }

    /// <summary>Lets frames in and returns what left on the other port.</summary>
    public List<byte[]> Pass(int side, params byte[][] frames)
    {
        foreach (byte[] frame in frames)
        {
            Switch.Enter(side, frame);
        }
        List<byte[]> left = Take(1 - side);
        Assert.Null(Switch.FindImbalance());
        return left;
    }

    /// <summary>Takes what left on a port.</summary>
    public List<byte[]> Take(int side)
    {
        var frames = new List<byte[]>();
        while (Switch.Ports[side].TryTakeSent(out byte[] frame))
        {
            frames.Add(frame);
        }
        return frames;
    }

    public long Dropped(DropReason reason) => Switch.Counters.Dropped[(int)reason];

    /// <summary>Who a frame is for.</summary>
    public static IpAddress Target(byte[] frame)
        => frame[12] == 0x86
            ? IpAddress.From(Ipv6Address.Read(frame.AsSpan(14 + 24)))
            : IpAddress.From(Ipv4Address.Read(frame.AsSpan(14 + 16)));

    /// <summary>Who a frame is from.</summary>
    public static IpAddress Source(byte[] frame)
        => frame[12] == 0x86
            ? IpAddress.From(Ipv6Address.Read(frame.AsSpan(14 + 8)))
            : IpAddress.From(Ipv4Address.Read(frame.AsSpan(14 + 12)));

    /// <summary>The number of the real server that a frame is for.</summary>
    public int RealOf(byte[] frame) => Target(frame) == Real(1) ? 1 : Target(frame) == Real(2) ? 2 : 0;

    public static byte[] Bytes(int length, int seed = 1)
    {
        byte[] bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    private IpAddress Address(string v4, string v6) => IpAddress.Parse(_isV6 ? v6 : v4);

    private MacAddress MacOf(IpAddress address)
        => address == Real(1) ? MacAddress.Parse("02:00:00:00:00:01")
            : address == Real(2) ? MacAddress.Parse("02:00:00:00:00:02")
            : ClientMac;

    private FrameAddresses<Ipv4Address> V4(IpAddress source, ushort sourcePort, IpAddress target, ushort targetPort)
        => new()
        {
            SourceMac = MacOf(source),
            DestinationMac = Switch.Mac,
            Source = source.V4,
            Destination = target.V4,
            SourcePort = sourcePort,
            DestinationPort = targetPort,
        };

    private FrameAddresses<Ipv6Address> V6(IpAddress source, ushort sourcePort, IpAddress target, ushort targetPort)
        => new()
        {
            SourceMac = MacOf(source),
            DestinationMac = Switch.Mac,
            Source = source.V6,
            Destination = target.V6,
            SourcePort = sourcePort,
            DestinationPort = targetPort,
        };
}
