// The steps of frames that no virtual server balances: fragments, ICMP errors, addresses of the
// switch itself, the bridge and the router. They are read from the frame and the verdict, since the
// data plane looks nothing up there that a person could choose between. Used by Explanation.

using System.Globalization;
using PacketSwitch.Control.Config;
using PacketSwitch.DataPlane;
using PacketSwitch.Wire;

namespace PacketSwitch.Explain;

/// <summary>Lines beside those of the session table and the virtual servers.</summary>
internal static class ForwardingSteps
{
    /// <summary>What comes before the session table: whose datagram, whose error.</summary>
    public static IEnumerable<ExplainLine> Before(FrameTrace trace)
    {
        if (trace.First is { Verdict: Verdict.Drop } or { Kind: FrameKind.Arp or FrameKind.Other })
        {
            yield break;
        }
        if (trace.First.IsFragment)
        {
            yield return Fragment(trace.Bytes);
        }
        else if (Quoted(trace) is { } quoted)
        {
            yield return new ExplainLine("icmp", "error", $"about {quoted}");
        }
    }

    /// <summary>What the frame waited for, and where it goes without a session.</summary>
    public static IEnumerable<ExplainLine> After(FrameTrace trace, Surroundings names)
    {
        FrameInfo info = trace.Info;
        bool isHeldForHop = info is { Verdict: Verdict.Held, Virt: 0, Real: 0 }
            && !trace.First.IsFragment;
        if (trace.Waited && !isHeldForHop)
        {
            yield return Wait(trace, names);
        }
        if (info.Verdict == Verdict.Punt)
        {
            yield return Own(trace, names);
        }
        bool isRouted = isHeldForHop
            || info is { Verdict: Verdict.Transmit, Pass: PassReason.Route }
            or { Verdict: Verdict.Drop, Drop: DropReason.NoRoute or DropReason.Ttl };
        bool isBridged = info is
        {
            Verdict: Verdict.Transmit, Pass: PassReason.Bridge or PassReason.Flood
        } or { Verdict: Verdict.Drop, Drop: DropReason.SamePort };
        if (isRouted)
        {
            yield return Route(trace, names);
        }
        if (isHeldForHop)
        {
            yield return Wait(trace, names);
        }
        else if (isBridged)
        {
            yield return Bridge(trace, names);
        }
    }

    private static ExplainLine Fragment(byte[] frame)
    {
        int offset = 0;
        uint datagram = 0;
        if (EthernetView.TryWrap(frame, out EthernetView ethernet))
        {
            if (Ipv4View.TryWrap(ethernet.Payload, out Ipv4View ip))
            {
                (offset, datagram) = (ip.FragmentOffsetBytes, ip.Identification);
            }
            else if (Ipv6View.TryWrap(ethernet.Payload, out Ipv6View v6)
                && v6.TryFindUpperLayer(out Ipv6UpperLayer upper))
            {
                offset = upper.FragmentOffsetBytes;
            }
        }
        string which = datagram == 0 ? "its datagram" : Invariant($"datagram 0x{datagram:x4}");
        return offset == 0
            ? new ExplainLine("fragment", "first", $"of {which}: it has the ports, and the others "
                + "go where it goes")
            : new ExplainLine("fragment", "later", Invariant($"of {which}, at byte {offset}: it ")
                + "goes where the first one went");
    }

    // The packet in an ICMP error, as addresses and ports; null for other messages.
    private static string? Quoted(FrameTrace trace)
    {
        FrameInfo first = trace.First;
        if (first.Protocol is not (IpProtocol.Icmp or IpProtocol.IcmpV6)
            || first.TransportOffset >= trace.Bytes.Length
            || !IcmpView.TryWrap(trace.Bytes.AsSpan(first.TransportOffset), out IcmpView icmp))
        {
            return null;
        }
        bool isError = first.Protocol == IpProtocol.Icmp
            ? icmp.Type is IcmpV4Type.DestinationUnreachable or IcmpV4Type.TimeExceeded
                or IcmpV4Type.ParameterProblem
            : icmp.Type < 128;
        if (isError && Ipv4View.TryWrapQuoted(icmp.Payload, out Ipv4View ip))
        {
            return Ends(ip.Source.ToString(), ip.Destination.ToString(), ip.Protocol, ip.Payload);
        }
        return isError && Ipv6View.TryWrapQuoted(icmp.Payload, out Ipv6View v6)
            ? Ends($"[{v6.Source}]", $"[{v6.Destination}]", v6.NextHeader, v6.Payload) : null;
    }

    private static string Ends(string from, string to, byte protocol, ReadOnlySpan<byte> payload)
    {
        string word = protocol switch
        {
            IpProtocol.Tcp => "tcp",
            IpProtocol.Udp => "udp",
            _ => Invariant($"protocol {protocol}"),
        };
        bool hasPorts = protocol is IpProtocol.Tcp or IpProtocol.Udp && payload.Length >= 4;
        return !hasPorts ? $"{from} > {to} {word}"
            : Invariant($"{from}:{(payload[0] << 8) | payload[1]} > ")
                + Invariant($"{to}:{(payload[2] << 8) | payload[3]} {word}");
    }

    /// <summary>Whose MAC the frame waits, or waited, for; null when for nobody's.</summary>
    public static IpAddress? AwaitedHop(FrameTrace trace)
        => trace.Answers.Select(answer => Asked(answer.Bytes))
            .FirstOrDefault(hop => hop is not null);

    /// <summary>True for ARP requests and neighbour solicitations.</summary>
    public static bool IsQuestion(byte[] frame) => Asked(frame) is not null;

    private static ExplainLine Wait(FrameTrace trace, Surroundings names)
    {
        if (AwaitedHop(trace) is { } hop)
        {
            return new ExplainLine("wait", "held", $"for the MAC of {hop}, {Who(hop, names)}",
                SourceOf(hop, names));
        }
        return trace.First.IsFragment
            ? new ExplainLine("wait", "held", "for the first fragment of its datagram")
            : new ExplainLine("wait", "held", "for a neighbour's MAC");
    }

    // The address that a frame of the switch asks for by ARP or neighbour solicitation.
    private static IpAddress? Asked(byte[] frame)
    {
        if (!EthernetView.TryWrap(frame, out EthernetView ethernet))
        {
            return null;
        }
        if (ethernet.EtherType == EtherTypes.Arp
            && ArpView.TryWrap(ethernet.Payload, out ArpView arp))
        {
            return IpAddress.From(arp.TargetAddress);
        }
        return ethernet.EtherType == EtherTypes.Ipv6
            && Ipv6View.TryWrap(ethernet.Payload, out Ipv6View ip)
            && ip.NextHeader == IpProtocol.IcmpV6
            && NeighborView.TryWrap(ip.Payload, out NeighborView neighbor)
            && !neighbor.IsAdvertisement ? IpAddress.From(neighbor.TargetAddress) : null;
    }

    private static ExplainLine Own(FrameTrace trace, Surroundings names)
    {
        string word = ReasonText.Of(trace.Info.Pass);
        IpAddress? address = Asked(trace.Bytes) ?? Destination(trace.Bytes);
        return address is { } own && Owner(own, names) is { } owner
            ? new ExplainLine("own", word, $"{own} is the address of {owner.Text}", owner.Source)
            : new ExplainLine("own", word, "to an address of the switch itself");
    }

    private static (string Text, string? Source)? Owner(IpAddress address, Surroundings names)
    {
        if (names.Config.Virts.FirstOrDefault(each => each.Address == address) is { } virt)
        {
            return (names.Virt(virt.Id), names.Source(virt.Path, "vip"));
        }
        if (names.Config.Interfaces.FirstOrDefault(each => each.Address == address) is { } own)
        {
            return ($"if {own.Id}", names.Source($"if {own.Id}", "addr"));
        }
        ServiceConfig? service = names.Config.Virts.SelectMany(each => each.Services)
            .FirstOrDefault(each => each.ProxyAddresses.Contains(address));
        return service is null ? null
            : ($"pip of {names.Virt(service.VirtId)}", names.Source(service.Path, "pip"));
    }

    private static ExplainLine Route(FrameTrace trace, Surroundings names)
    {
        if (Destination(trace.Bytes) is not { } to)
        {
            return new ExplainLine("route", "none", "addressed to the switch's MAC");
        }
        bool isFound = trace.Info.Verdict is Verdict.Transmit or Verdict.Held;
        string result = isFound ? "hop" : ReasonText.Of(trace.Info.Drop);
        InterfaceConfig? network =
            names.Config.Interfaces.FirstOrDefault(each => each.Enabled && each.Contains(to));
        if (network is not null)
        {
            return new ExplainLine("route", result,
                $"{to} is on the network of if {network.Id} ({network.Address}/"
                + $"{network.PrefixLength})",
                names.Source($"if {network.Id}"));
        }
        GatewayConfig[] gateways = [.. names.Config.Gateways.Where(
            each => each.Enabled && each.Address is { } hop && hop.IsV6 == to.IsV6)];
        return gateways.Length == 0
            ? new ExplainLine("route", result,
                $"{to} is on no network of an if, and there is no gw")
            : new ExplainLine("route", result, $"{to} is on no network of an if: by "
                + string.Join(" or ", gateways.Select(each => $"gw {each.Id} ({each.Address})")),
                names.Source(gateways[0].Path));
    }

    private static ExplainLine Bridge(FrameTrace trace, Surroundings names)
    {
        EthernetView.TryWrap(trace.Bytes, out EthernetView ethernet);
        FrameInfo info = trace.Info;
        MacAddress to = ethernet.Destination;
        if (info.Verdict == Verdict.Drop)
        {
            return new ExplainLine("bridge", "same port",
                $"{to} was last seen on port {names.PortIds[info.Port]}, where the frame came in");
        }
        if (info.Pass == PassReason.Flood)
        {
            return new ExplainLine("bridge", "flood", (to.IsMulticast ? $"{to} is a group's"
                : $"{to} has not been seen on any port") + ": to every other port");
        }
        IEnumerable<int> ports = trace.Copies.Select(copy => names.PortIds[copy.Port]).Distinct();
        return new ExplainLine("bridge", "known",
            $"{to} was last seen on port {string.Join(", ", ports)}");
    }

    private static string Who(IpAddress address, Surroundings names)
        => names.Config.Reals.FirstOrDefault(each => each.Address == address) is { } real
            ? names.Real(real.Id)
            : names.Config.Gateways.FirstOrDefault(each => each.Address == address) is { } gateway
                ? $"gw {gateway.Id}" : "on the network of an interface";

    private static string? SourceOf(IpAddress address, Surroundings names)
        => names.Config.Reals.FirstOrDefault(each => each.Address == address) is { } real
            ? names.Source(real.Path, "rip")
            : names.Config.Gateways.FirstOrDefault(each => each.Address == address) is { } gateway
                ? names.Source(gateway.Path, "addr")
                : names.Config.Interfaces.FirstOrDefault(each => each.Enabled
                    && each.Contains(address)) is { } network
                        ? names.Source($"if {network.Id}") : null;

    private static IpAddress? Destination(byte[] frame)
    {
        if (!EthernetView.TryWrap(frame, out EthernetView ethernet))
        {
            return null;
        }
        return ethernet.EtherType switch
        {
            EtherTypes.Ipv4 when Ipv4View.TryWrap(ethernet.Payload, out Ipv4View ip)
                => IpAddress.From(ip.Destination),
            EtherTypes.Ipv6 when Ipv6View.TryWrap(ethernet.Payload, out Ipv6View ip)
                => IpAddress.From(ip.Destination),
            _ => null,
        };
    }

    private static string Invariant(FormattableString text)
        => text.ToString(CultureInfo.InvariantCulture);
}
