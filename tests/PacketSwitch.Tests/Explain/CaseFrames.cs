// The frames of which the cases of drops are made: a client, a virtual server and a real server of one network, and what is wrong with each. Used
// by DropCases.

using System.Buffers.Binary;
using PacketSwitch.Control;
using PacketSwitch.Wire;

namespace PacketSwitch.Tests.Explain;

internal static class CaseFrames
{
    public const string Client = "192.0.2.101";
    public const string Vip = "192.0.2.2";
    public const string Real = "192.0.2.5";

    public static readonly MacAddress ClientMac = MacAddress.Parse("02:00:00:00:01:01");
    public static readonly MacAddress RealMac = MacAddress.Parse("02:00:00:00:00:05");
    public static readonly MacAddress Switch = SwitchMacs.OfReplay;

    public static byte[] Tcp(
        string source = Client, ushort sourcePort = 40_000, string destination = Vip, ushort port = 80,
        TcpFlags flags = TcpFlags.Syn, uint sequence = 1000, uint acknowledgement = 0, int payload = 0, bool fromServer = false)
    {
        byte[] frame = new byte[2048];
        int length = FrameWriter.Tcp(
            frame, Addresses(source, sourcePort, destination, port, fromServer), sequence, acknowledgement, flags, 64_000,
            payload: new byte[payload]);
        return frame[..length];
    }

    public static byte[] Udp(
        ushort sourcePort = 40_000, string destination = Vip, ushort port = 80, byte ttl = 0, int payload = 8)
    {
        byte[] frame = new byte[2048];
        FrameAddresses<Ipv4Address> addresses = Addresses(Client, sourcePort, destination, port, false) with { Ttl = ttl };
        int length = FrameWriter.Udp(frame, addresses, new byte[payload]);
        return frame[..length];
    }

    /// <summary>A frame of any type between any two MACs.</summary>
    public static byte[] Ethernet(string destination, string source, ushort type, int payload)
    {
        byte[] frame = new byte[14 + payload];
        MacAddress.Parse(destination).Write(frame);
        MacAddress.Parse(source).Write(frame.AsSpan(6));
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(12), type);
        return frame;
    }

    /// <summary>An IPv4 packet of any protocol to the VIP, or a fragment of one.</summary>
    /// <param name="offset">Where the fragment begins, in bytes.</param>
    public static byte[] Ipv4(byte protocol, byte[] payload, int offset = 0, bool more = false, ushort id = 7)
    {
        byte[] frame = new byte[34 + payload.Length];
        Tcp().AsSpan(0, 34).CopyTo(frame);
        Span<byte> ip = frame.AsSpan(14, 20);
        BinaryPrimitives.WriteUInt16BigEndian(ip[2..], (ushort)(20 + payload.Length));
        BinaryPrimitives.WriteUInt16BigEndian(ip[4..], id);
        BinaryPrimitives.WriteUInt16BigEndian(ip[6..], (ushort)((offset / 8) | (more ? 0x2000 : 0)));
        ip[9] = protocol;
        payload.CopyTo(frame, 34);
        return WithHeaderChecksum(frame);
    }

    /// <summary>The first bytes of a UDP datagram to the VIP, longer than they are.</summary>
    public static byte[] UdpStart(int bytes)
    {
        byte[] payload = new byte[bytes];
        BinaryPrimitives.WriteUInt16BigEndian(payload, 40_000);
        BinaryPrimitives.WriteUInt16BigEndian(payload.AsSpan(2), 80);
        BinaryPrimitives.WriteUInt16BigEndian(payload.AsSpan(4), 512);
        return payload;
    }

    /// <summary>The frame with another byte in it; the IPv4 header checksum is made right again if asked.</summary>
    public static byte[] With(byte[] frame, int at, byte value, bool finish = false)
    {
        frame[at] = value;
        return finish ? WithHeaderChecksum(frame) : frame;
    }

    /// <summary>The client tells the VIP that a segment of its cannot be delivered; the checksum is wrong.</summary>
    public static byte[] IcmpErrorWithWrongChecksum()
    {
        byte[] quoted = Tcp(Vip, 80, Client, 40_000, TcpFlags.Syn | TcpFlags.Ack, 7000, 1001)[14..];
        byte[] frame = new byte[256];
        int length = FrameWriter.IcmpErrorV4(
            frame, Addresses(Client, 0, Vip, 0, false), IcmpV4Type.DestinationUnreachable, IcmpV4UnreachableCode.Port, 0, quoted);
        frame[14 + 20 + 2] ^= 0xff;
        return frame[..length];
    }

    public static byte[] ArpForVip()
    {
        byte[] frame = new byte[64];
        int length = FrameWriter.Arp(
            frame, ArpOperation.Request, MacAddress.Broadcast, ClientMac, ClientMac, Ipv4Address.Parse(Client), default,
            Ipv4Address.Parse(Vip));
        return frame[..length];
    }

    private static FrameAddresses<Ipv4Address> Addresses(
        string source, ushort sourcePort, string destination, ushort port, bool fromServer) => new()
        {
            SourceMac = fromServer ? RealMac : ClientMac,
            DestinationMac = destination == Real ? RealMac : Switch,
            Source = Ipv4Address.Parse(source),
            Destination = Ipv4Address.Parse(destination),
            SourcePort = sourcePort,
            DestinationPort = port,
        };

    private static byte[] WithHeaderChecksum(byte[] frame)
    {
        Span<byte> header = frame.AsSpan(14, 20);
        header[10..12].Clear();
        BinaryPrimitives.WriteUInt16BigEndian(header[10..], InternetChecksum.Compute(header));
        return frame;
    }
}
