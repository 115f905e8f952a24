// A frame as a list of named fields, in the names that Wireshark has for them, and the first field in which two frames differ. Used by explain
// (what the rewrite changed), by replay --expect, and by nothing per frame of live traffic.

using System.Globalization;
using PacketSwitch.Wire;

namespace PacketSwitch.Replay;

/// <summary>Fields of frames.</summary>
internal static class FrameFields
{
    /// <summary>A field and its value as text.</summary>
    internal readonly record struct Field(string Name, string Value);

    /// <summary>A field in which two frames differ.</summary>
    internal readonly record struct Change(string Name, string From, string To);

    /// <summary>The fields of a frame; what the views cannot read stands in the last one, as bytes.</summary>
    public static List<Field> Of(byte[] frame)
    {
        var fields = new List<Field>();
        if (!EthernetView.TryWrap(frame, out EthernetView ethernet))
        {
            Add(fields, "frame.bytes", Bytes(frame));
            return fields;
        }
        Add(fields, "eth.dst", ethernet.Destination.ToString());
        Add(fields, "eth.src", ethernet.Source.ToString());
        if (ethernet.VlanTagCount > 0)
        {
            Add(fields, "vlan.id", Number(ethernet.OuterTag & 0xfff));
            Add(fields, "vlan.priority", Number(ethernet.OuterTag >> 13));
        }
        Add(fields, "eth.type", $"0x{ethernet.EtherType:x4}");
        int rest = ethernet.HeaderLength;
        if (ethernet.EtherType == EtherTypes.Ipv4 && Ipv4View.TryWrap(ethernet.Payload, out Ipv4View ip4))
        {
            rest += AddIpv4(fields, ip4);
        }
        else if (ethernet.EtherType == EtherTypes.Ipv6 && Ipv6View.TryWrap(ethernet.Payload, out Ipv6View ip6)
            && ip6.TryFindUpperLayer(out Ipv6UpperLayer upper))
        {
            rest += AddIpv6(fields, ip6, upper, ethernet.Payload);
        }
        else if (ethernet.EtherType == EtherTypes.Arp && ArpView.TryWrap(ethernet.Payload, out ArpView arp))
        {
            Add(fields, "arp.opcode", Number((int)arp.Operation));
            Add(fields, "arp.src.hw_mac", arp.SenderMac.ToString());
            Add(fields, "arp.src.proto_ipv4", arp.SenderAddress.ToString());
            Add(fields, "arp.dst.hw_mac", arp.TargetMac.ToString());
            Add(fields, "arp.dst.proto_ipv4", arp.TargetAddress.ToString());
        }
        Add(fields, "frame.len", Number(frame.Length));
        Add(fields, "data", Bytes(frame.AsSpan(Math.Min(rest, frame.Length))));
        return fields;
    }

    /// <summary>Fields in which the frames differ, in the order of the headers; empty when they are equal.</summary>
    public static List<Change> Changes(byte[] from, byte[] to)
    {
        List<Field> before = Of(from);
        List<Field> after = Of(to);
        var changes = new List<Change>();
        foreach (Field field in before)
        {
            int at = after.FindIndex(other => other.Name == field.Name);
            string now = at < 0 ? "(none)" : after[at].Value;
            if (now != field.Value)
            {
                changes.Add(new Change(field.Name, field.Value, now));
            }
        }
        foreach (Field field in after.Where(field => before.FindIndex(other => other.Name == field.Name) < 0))
        {
            changes.Add(new Change(field.Name, "(none)", field.Value));
        }
        if (changes.Count == 0 && !from.AsSpan().SequenceEqual(to))
        {
            // Reserved bits and the like, which no name stands for.
            int at = from.AsSpan().CommonPrefixLength(to);
            changes.Add(new Change($"byte {at}", $"{from[at]:x2}", $"{to[at]:x2}"));
        }
        return changes;
    }

    // Returns the bytes that the fields cover, from the IP header on.
    private static int AddIpv4(List<Field> fields, Ipv4View ip)
    {
        Add(fields, "ip.src", ip.Source.ToString());
        Add(fields, "ip.dst", ip.Destination.ToString());
        Add(fields, "ip.ttl", Number(ip.Ttl));
        Add(fields, "ip.proto", Number(ip.Protocol));
        Add(fields, "ip.id", $"0x{ip.Identification:x4}");
        Add(fields, "ip.len", Number(ip.TotalLength));
        Add(fields, "ip.dsfield", $"0x{ip.DscpEcn:x2}");
        Add(fields, "ip.frag_offset", Number(ip.FragmentOffsetBytes));
        Add(fields, "ip.checksum", $"0x{ip.HeaderChecksum:x4}");
        return ip.HeaderLength + (ip.FragmentOffsetBytes > 0 ? 0 : AddTransport(fields, ip.Protocol, ip.Payload));
    }

    private static int AddIpv6(List<Field> fields, Ipv6View ip, Ipv6UpperLayer upper, Span<byte> packet)
    {
        Add(fields, "ipv6.src", ip.Source.ToString());
        Add(fields, "ipv6.dst", ip.Destination.ToString());
        Add(fields, "ipv6.hlim", Number(ip.HopLimit));
        Add(fields, "ipv6.nxt", Number(ip.NextHeader));
        Add(fields, "ipv6.plen", Number(ip.PayloadLength));
        if (upper.IsFragment)
        {
            return upper.Offset;
        }
        Span<byte> segment = packet[upper.Offset..(Ipv6View.HeaderLength + ip.PayloadLength)];
        return upper.Offset + AddTransport(fields, upper.Protocol, segment);
    }

    private static int AddTransport(List<Field> fields, byte protocol, Span<byte> segment)
    {
        if (protocol == IpProtocol.Tcp && TcpView.TryWrap(segment, out TcpView tcp))
        {
            Add(fields, "tcp.srcport", Number(tcp.SourcePort));
            Add(fields, "tcp.dstport", Number(tcp.DestinationPort));
            Add(fields, "tcp.flags", FrameText.Describe(tcp.Flags));
            Add(fields, "tcp.seq_raw", Number(tcp.SequenceNumber));
            Add(fields, "tcp.ack_raw", Number(tcp.AcknowledgementNumber));
            Add(fields, "tcp.window_size_value", Number(tcp.Window));
            Add(fields, "tcp.options", Bytes(tcp.Options));
            Add(fields, "tcp.checksum", $"0x{tcp.Checksum:x4}");
            return tcp.HeaderLength;
        }
        if (protocol == IpProtocol.Udp && UdpView.TryWrap(segment, out UdpView udp))
        {
            Add(fields, "udp.srcport", Number(udp.SourcePort));
            Add(fields, "udp.dstport", Number(udp.DestinationPort));
            Add(fields, "udp.length", Number(udp.Length));
            Add(fields, "udp.checksum", $"0x{udp.Checksum:x4}");
            return PacketDotNet.UdpFields.HeaderLength;
        }
        if (protocol is IpProtocol.Icmp or IpProtocol.IcmpV6 && IcmpView.TryWrap(segment, out IcmpView icmp))
        {
            Add(fields, "icmp.type", Number(icmp.Type));
            Add(fields, "icmp.code", Number(icmp.Code));
            Add(fields, "icmp.checksum", $"0x{icmp.Checksum:x4}");
            return PacketDotNet.IcmpV4Fields.HeaderLength;
        }
        return 0;
    }

    private static void Add(List<Field> fields, string name, string value) => fields.Add(new Field(name, value));

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Bytes(ReadOnlySpan<byte> bytes)
        => bytes.Length == 0 ? "(empty)" : bytes.Length <= 32 ? Convert.ToHexStringLower(bytes)
            : $"{Convert.ToHexStringLower(bytes[..16])}... {bytes.Length} bytes, "
                + Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes))[..8];
}
