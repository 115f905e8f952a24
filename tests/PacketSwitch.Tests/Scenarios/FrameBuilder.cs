// Makes the frame that a line of a scenario lets into the switch. What the line does not say is usual: MACs of the hosts, TTL 64, a payload that no
// other frame of the scenario has. Used by ScenarioRunner.

using PacketSwitch.Tests.DataPlane;
using PacketSwitch.Wire;

namespace PacketSwitch.Tests.Scenarios;

internal sealed class FrameBuilder(ScenarioHosts hosts)
{
    private const int MostBytes = 9_200;
    private const int DatagramBytes = 20;
    private const ushort Window = 65_535;
    private int _serial;

    /// <summary>The frame's bytes; <paramref name="wireLength"/> is more when the capture cut it.</summary>
    public byte[] Build(FrameFacts facts, out int wireLength)
    {
        _serial++;
        byte[] frame = facts[FrameFacts.Kind] switch
        {
            "bytes" => Convert.FromHexString(facts[FrameFacts.Bytes]),
            "arp" => Arp(facts),
            string kind when kind.StartsWith("ethernet ") => Ethernet(facts, kind),
            _ => IpAddress.Parse(facts[FrameFacts.Source]).IsV6
                ? Ip<Ipv6Address>(facts) : Ip<Ipv4Address>(facts),
        };
        frame = Spoil(frame, facts);
        wireLength = frame.Length;
        return facts.TryGetValue(FrameFacts.Cut, out string? cut) ? frame[..int.Parse(cut)] : frame;
    }

    private byte[] Ip<TAddress>(FrameFacts facts) where TAddress : unmanaged, IIpAddress<TAddress>
    {
        FrameAddresses<TAddress> addresses = Addresses<TAddress>(facts);
        byte[] buffer = new byte[MostBytes];
        string kind = facts[FrameFacts.Kind];
        int length = kind switch
        {
            "tcp" => Tcp(buffer, addresses, facts),
            "icmp" => Icmp(buffer, addresses, facts),
            _ => FrameWriter.Udp(buffer, addresses, Payload(PayloadLength(facts))),
        };
        byte[] frame = buffer[..length];
        if (kind.StartsWith("protocol "))
        {
            frame = FrameEdits.WithProtocol(frame, byte.Parse(kind[9..]));
        }
        if (facts.TryGetValue(FrameFacts.Fragment, out string? fragment))
        {
            string[] words = fragment.Split(' ');
            ushort id = (ushort)facts.Number(FrameFacts.FragmentId, 1);
            frame = FrameEdits.AsFragment(frame, int.Parse(words[0]), words.Length > 1, id);
        }
        if (facts.TryGetValue(FrameFacts.Headers, out string? headers))
        {
            foreach (string header in headers.Split('/').Reverse())
            {
                frame = FrameEdits.WithExtension(frame, ExtensionType(header), FrameEdits.Extension(frame));
            }
        }
        int options = facts.Number(FrameFacts.IpOptions, 0);
        return options > 0 ? FrameEdits.WithOptions(frame, options) : frame;
    }

    private static byte ExtensionType(string word) => word switch
    {
        "hop-by-hop" => IpProtocol.HopByHop,
        "routing" => IpProtocol.Routing,
        "destination" => IpProtocol.DestinationOptions,
        _ => throw new FormatException($"'{word}' is no extension header of a scenario"),
    };

    // A later fragment has no UDP header: the bytes of one are part of what it carries.
    private static int PayloadLength(FrameFacts facts)
    {
        int length = facts.Number(FrameFacts.Length, DatagramBytes);
        bool later = facts.TryGetValue(FrameFacts.Fragment, out string? fragment) && !fragment.StartsWith("0");
        return later ? length - 8 : length;
    }

    private int Tcp<TAddress>(byte[] buffer, in FrameAddresses<TAddress> addresses, FrameFacts facts)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        var options = new List<byte>();
        if (facts.TryGetValue(FrameFacts.SegmentSize, out string? size))
        {
            int bytes = int.Parse(size);
            options.AddRange([2, 4, (byte)(bytes >> 8), (byte)bytes]);
        }
        if (facts.TryGetValue(FrameFacts.WindowScale, out string? shift))
        {
            options.AddRange([1, 3, 3, byte.Parse(shift)]);
        }
        return FrameWriter.Tcp(
            buffer, addresses, facts.Word(FrameFacts.Sequence, 1), facts.Word(FrameFacts.Acknowledgement, 0),
            Flags(facts[FrameFacts.Flags]), (ushort)facts.Number(FrameFacts.Window, Window),
            options.ToArray(), Payload(facts.Number(FrameFacts.Length, 0)));
    }

    private int Icmp<TAddress>(byte[] buffer, in FrameAddresses<TAddress> addresses, FrameFacts facts)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        string word = facts[FrameFacts.Icmp];
        ushort id = (ushort)facts.Number(FrameFacts.Identifier, 1);
        ushort sequence = (ushort)facts.Number(FrameFacts.Sequence, 1);
        byte[] data = Payload(facts.Number(FrameFacts.Length, DatagramBytes));
        bool reply = word == "echo-reply";
        bool error = IcmpWords.IsError(word);
        if (!IcmpWords.TryFind(word, TAddress.IsV6, out byte type, out byte code))
        {
            throw new FormatException($"'{word}' is no ICMP message of a scenario");
        }
        byte[] quoted = error ? Quoted<TAddress>(facts) : [];
        uint mtu = facts.Word(FrameFacts.Mtu, 0);
        if (addresses is FrameAddresses<Ipv4Address> v4)
        {
            return error
                ? FrameWriter.IcmpErrorV4(buffer, v4, type, code, mtu, quoted)
                : FrameWriter.IcmpEchoV4(buffer, v4, reply, id, sequence, data);
        }
        if (addresses is FrameAddresses<Ipv6Address> v6)
        {
            return error
                ? FrameWriter.IcmpErrorV6(buffer, v6, type, code, mtu, quoted)
                : FrameWriter.IcmpEchoV6(buffer, v6, reply, id, sequence, data);
        }
        throw new InvalidOperationException("no such address family");
    }

    // The packet that an ICMP error is about, as its sender sent it.
    private byte[] Quoted<TAddress>(FrameFacts facts) where TAddress : unmanaged, IIpAddress<TAddress>
    {
        string[] words = facts[FrameFacts.About].Split(' ');
        var inner = new FrameFacts { [FrameFacts.Kind] = words[3], [FrameFacts.Flags] = "A" };
        FrameLine.ReadEndpoint(words[0], inner, FrameFacts.Source, FrameFacts.SourcePort);
        FrameLine.ReadEndpoint(words[2], inner, FrameFacts.Target, FrameFacts.TargetPort);
        return Ip<TAddress>(inner)[14..];
    }

    private FrameAddresses<TAddress> Addresses<TAddress>(FrameFacts facts)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        IpAddress source = IpAddress.Parse(facts[FrameFacts.Source]);
        IpAddress target = IpAddress.Parse(facts[FrameFacts.Target]);
        if (source.IsV6 != TAddress.IsV6 || target.IsV6 != TAddress.IsV6)
        {
            throw new FormatException("both addresses must be of one family");
        }
        return new FrameAddresses<TAddress>
        {
            SourceMac = Mac(facts, FrameFacts.SourceMac, hosts.Mac(source)),
            DestinationMac = Mac(facts, FrameFacts.TargetMac, hosts.Mac(target)),
            Source = As<TAddress>(source),
            Destination = As<TAddress>(target),
            SourcePort = (ushort)facts.Number(FrameFacts.SourcePort, 0),
            DestinationPort = (ushort)facts.Number(FrameFacts.TargetPort, 0),
            Ttl = (byte)facts.Number(FrameFacts.Ttl, FrameWriter.DefaultTtl),
        };
    }

    private byte[] Arp(FrameFacts facts)
    {
        byte[] buffer = new byte[128];
        bool asks = facts[FrameFacts.Operation] == "who-has";
        IpAddress wanted = IpAddress.Parse(facts[FrameFacts.Wanted]);
        IpAddress other = facts.TryGetValue(FrameFacts.Teller, out string? told) ? IpAddress.Parse(told) : hosts.Asker;
        MacAddress own = asks ? hosts.Mac(other) : MacAddress.Parse(facts[FrameFacts.IsAt]);
        int length;
        if (wanted.IsV6 && asks)
        {
            length = FrameWriter.NeighborSolicitation(buffer, own, other.V6, wanted.V6);
        }
        else if (wanted.IsV6)
        {
            var addresses = new FrameAddresses<Ipv6Address>
            {
                SourceMac = own,
                DestinationMac = hosts.Mac(other),
                Source = wanted.V6,
                Destination = other.V6,
            };
            length = FrameWriter.NeighborAdvertisement(
                buffer, addresses, wanted.V6, own,
                NeighborAdvertisementFlags.Solicited | NeighborAdvertisementFlags.Override);
        }
        else
        {
            length = asks
                ? FrameWriter.Arp(buffer, ArpOperation.Request, MacAddress.Broadcast, own, own, other.V4, default, wanted.V4)
                : FrameWriter.Arp(
                    buffer, ArpOperation.Reply, hosts.Mac(other), own, own, wanted.V4, hosts.Mac(other), other.V4);
        }
        Mac(facts, FrameFacts.TargetMac, MacAddress.Read(buffer)).Write(buffer);
        Mac(facts, FrameFacts.SourceMac, own).Write(buffer.AsSpan(MacAddress.Length));
        return buffer[..length];
    }

    private byte[] Ethernet(FrameFacts facts, string kind)
    {
        byte[] frame = [.. new byte[14], .. Payload(facts.Number(FrameFacts.Length, 46))];
        MacAddress.Parse(facts[FrameFacts.TargetMac]).Write(frame);
        MacAddress.Parse(facts[FrameFacts.SourceMac]).Write(frame.AsSpan(MacAddress.Length));
        ushort type = Convert.ToUInt16(kind.Split(' ')[1], 16);
        (frame[12], frame[13]) = ((byte)(type >> 8), (byte)type);
        return frame;
    }

    private static byte[] Spoil(byte[] frame, FrameFacts facts)
    {
        if (facts.TryGetValue(FrameFacts.Checksum, out string? checksum))
        {
            int protocol = facts[FrameFacts.Kind] == "tcp" ? IpProtocol.Tcp : IpProtocol.Udp;
            int start = frame[12] == 0x86 ? 54 : 14 + ((frame[14] & 0xf) * 4);
            Span<byte> field = frame.AsSpan(start + InternetChecksum.ChecksumOffset((byte)protocol), 2);
            field[1] ^= 0x55;
            if (checksum == "zero")
            {
                field.Clear();
            }
        }
        if (facts.ContainsKey(FrameFacts.HeaderChecksum))
        {
            frame[14 + 10] ^= 0x55;
        }
        if (facts.TryGetValue(FrameFacts.Vlan, out string? tags))
        {
            foreach (string tag in tags.Split('/').Reverse())
            {
                frame = FrameEdits.WithTag(frame, ushort.Parse(tag));
            }
        }
        int length = Math.Min(facts.Number(FrameFacts.Trim, frame.Length), frame.Length);
        return [.. frame[..length], .. new byte[Math.Max(0, facts.Number(FrameFacts.Pad, 0) - length)]];
    }

    private byte[] Payload(int length)
    {
        byte[] payload = new byte[length];
        for (int i = 0; i < length; i++)
        {
            payload[i] = (byte)((_serial * 31) + i);
        }
        return payload;
    }

    private static TcpFlags Flags(string letters)
    {
        TcpFlags flags = TcpFlags.None;
        for (int bit = 0; bit < 8; bit++)
        {
            flags |= letters.Contains("FSRPAUEW"[bit]) ? (TcpFlags)(1 << bit) : TcpFlags.None;
        }
        return flags;
    }

    private static MacAddress Mac(FrameFacts facts, string name, MacAddress otherwise)
        => facts.TryGetValue(name, out string? text) ? MacAddress.Parse(text) : otherwise;

    private static TAddress As<TAddress>(IpAddress address) where TAddress : unmanaged, IIpAddress<TAddress>
    {
        Span<byte> bytes = stackalloc byte[16];
        if (address.IsV6)
        {
            address.V6.Write(bytes);
        }
        else
        {
            address.V4.Write(bytes);
        }
        return TAddress.Read(bytes);
    }
}
