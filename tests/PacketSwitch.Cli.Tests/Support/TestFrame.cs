// A TCP or UDP frame in the words a test thinks in, and its bytes. Written apart from the program's own frame writer, so
// that a mistake there does not cancel out; checksums are right unless the test says otherwise.

using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace PacketSwitch.Cli.Tests.Support;

internal sealed record TestFrame(string From, string To)
{
    private const byte Tcp = 6;
    private const byte Udp = 17;

    public const byte Fin = 0x01, Syn = 0x02, Rst = 0x04, Psh = 0x08, Ack = 0x10;

    /// <summary>TCP control bits; null makes a UDP datagram.</summary>
    public byte? Flags { get; init; }

    public uint Sequence { get; init; }

    public uint Acknowledgement { get; init; }

    public string Payload { get; init; } = "";

    public string FromMac { get; init; } = "02:00:00:00:01:01";

    public string ToMac { get; init; } = "02:00:00:00:00:fe";

    /// <summary>802.1Q tag, 0 for none.</summary>
    public ushort Vlan { get; init; }

    /// <summary>IPv4 options, a multiple of four bytes.</summary>
    public byte[] IpOptions { get; init; } = [];

    /// <summary>What stands in the checksum field, whatever would be right.</summary>
    public ushort? Checksum { get; init; }

    /// <summary>Bytes behind the IP packet, as the padding of short frames.</summary>
    public byte[] Trailer { get; init; } = [];

    public byte[] ToBytes()
    {
        IPEndPoint from = IPEndPoint.Parse(From);
        IPEndPoint to = IPEndPoint.Parse(To);
        byte protocol = Flags is null ? Udp : Tcp;
        byte[] segment = Flags is { } flags ? TcpSegment(from, to, flags) : UdpDatagram(from, to);
        int field = protocol == Tcp ? 16 : 6;
        ushort right = TransportChecksum(from.Address, to.Address, protocol, segment);
        right = protocol == Udp && right == 0 ? (ushort)0xffff : right;
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(field), Checksum ?? right);
        return [.. Ethernet(from.AddressFamily), .. Ip(from.Address, to.Address, protocol, segment), .. Trailer];
    }

    /// <summary>The frame as fragments that carry so many bytes each, a multiple of eight.</summary>
    public byte[][] ToFragments(int bytes)
    {
        byte[] whole = ToBytes();
        bool isV6 = whole[12] == 0x86;
        int header = isV6 ? 54 : 34;
        var fragments = new List<byte[]>();
        for (int offset = 0; header + offset < whole.Length; offset += bytes)
        {
            bool isLast = header + offset + bytes >= whole.Length;
            byte[] part = whole[(header + offset)..(isLast ? whole.Length : header + offset + bytes)];
            byte[] ip = whole[14..header];
            if (isV6)
            {
                byte[] extension = [ip[6], 0, .. Number16(offset | (isLast ? 0 : 1)), .. Number32(0x1234_5678)];
                ip[6] = 44;
                Number16(part.Length + extension.Length).CopyTo(ip, 4);
                ip = [.. ip, .. extension];
            }
            else
            {
                Number16(ip.Length + part.Length).CopyTo(ip, 2);
                Number16((offset / 8) | (isLast ? 0 : 0x2000)).CopyTo(ip, 6);
                Number16(0).CopyTo(ip, 10);
                Number16((ushort)~Sum(ip)).CopyTo(ip, 10);
            }
            fragments.Add([.. whole[..14], .. ip, .. part]);
        }
        return [.. fragments];
    }

    /// <summary>An ARP message of IPv4 over Ethernet.</summary>
    public static byte[] Arp(
        bool isReply, string senderMac, string sender, string targetMac, string target)
        => [.. MacBytes(isReply ? targetMac : "ff:ff:ff:ff:ff:ff"), .. MacBytes(senderMac), 0x08, 0x06,
            0, 1, 8, 0, 6, 4, 0, (byte)(isReply ? 2 : 1),
            .. MacBytes(senderMac), .. IPAddress.Parse(sender).GetAddressBytes(),
            .. MacBytes(targetMac), .. IPAddress.Parse(target).GetAddressBytes()];

    /// <summary>Whether IP header and TCP or UDP checksums of an untagged frame are right.</summary>
    public static bool ChecksumsAreRight(ReadOnlySpan<byte> frame)
    {
        ReadOnlySpan<byte> ip = frame[14..];
        bool isV6 = ip[0] >> 4 == 6;
        int header = isV6 ? 40 : (ip[0] & 0xf) * 4;
        int end = isV6 ? 40 + BinaryPrimitives.ReadUInt16BigEndian(ip[4..])
            : BinaryPrimitives.ReadUInt16BigEndian(ip[2..]);
        var source = new IPAddress(isV6 ? ip.Slice(8, 16) : ip.Slice(12, 4));
        var destination = new IPAddress(isV6 ? ip.Slice(24, 16) : ip.Slice(16, 4));
        bool headerIsRight = isV6 || Sum(ip[..header]) == 0xffff;
        return headerIsRight
            && TransportChecksum(source, destination, ip[isV6 ? 6 : 9], ip[header..end]) == 0;
    }

    private static byte[] MacBytes(string mac) => Convert.FromHexString(mac.Replace(":", ""));

    private static uint Sum(ReadOnlySpan<byte> bytes)
    {
        uint sum = 0;
        for (int i = 0; i < bytes.Length; i++)
            sum += (i & 1) == 0 ? (uint)bytes[i] << 8 : bytes[i];
        while (sum > 0xffff)
            sum = (sum & 0xffff) + (sum >> 16);
        return sum;
    }

    private static ushort TransportChecksum(
        IPAddress from, IPAddress to, byte protocol, ReadOnlySpan<byte> segment)
    {
        byte[] pseudoHeader = [.. from.GetAddressBytes(), .. to.GetAddressBytes(),
            0, protocol, (byte)(segment.Length >> 8), (byte)segment.Length];
        return (ushort)~Sum([.. pseudoHeader, .. segment]);
    }

    private static byte[] Number16(int value) => [(byte)(value >> 8), (byte)value];

    private static byte[] Number32(uint value) => [.. Number16((int)(value >> 16)), .. Number16((int)value)];

    private byte[] TcpSegment(IPEndPoint from, IPEndPoint to, byte flags)
        => [.. Number16(from.Port), .. Number16(to.Port), .. Number32(Sequence), .. Number32(Acknowledgement),
            0x50, flags, .. Number16(64_000), 0, 0, 0, 0, .. System.Text.Encoding.ASCII.GetBytes(Payload)];

    private byte[] UdpDatagram(IPEndPoint from, IPEndPoint to)
        => [.. Number16(from.Port), .. Number16(to.Port), .. Number16(8 + Payload.Length), 0, 0,
            .. System.Text.Encoding.ASCII.GetBytes(Payload)];

    private byte[] Ethernet(AddressFamily family)
    {
        byte[] tag = Vlan == 0 ? [] : [0x81, 0x00, .. Number16(Vlan)];
        int etherType = family == AddressFamily.InterNetworkV6 ? 0x86dd : 0x0800;
        return [.. MacBytes(ToMac), .. MacBytes(FromMac), .. tag, .. Number16(etherType)];
    }

    private byte[] Ip(IPAddress from, IPAddress to, byte protocol, byte[] segment)
    {
        if (from.AddressFamily == AddressFamily.InterNetworkV6)
        {
            return [0x60, 0, 0, 0, .. Number16(segment.Length), protocol, 64,
                .. from.GetAddressBytes(), .. to.GetAddressBytes(), .. segment];
        }
        int length = 20 + IpOptions.Length;
        byte[] header = [(byte)(0x40 + (length / 4)), 0, .. Number16(length + segment.Length), 0x12, 0x34, 0x40, 0,
            64, protocol, 0, 0, .. from.GetAddressBytes(), .. to.GetAddressBytes(), .. IpOptions];
        Number16((ushort)~Sum(header)).CopyTo(header, 10);
        return [.. header, .. segment];
    }
}
