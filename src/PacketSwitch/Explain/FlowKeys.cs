// The session keys that a described flow could meet: its own in both directions, and those at the
// real servers that another session may already have. Used by RunningState.

using PacketSwitch.Control.Config;
using PacketSwitch.DataPlane;
using PacketSwitch.Wire;

namespace PacketSwitch.Explain;

/// <summary>Keys of flows.</summary>
internal static class FlowKeys
{
    /// <summary>Every key that can decide about the flow.</summary>
    public static IEnumerable<FlowKey<TAddress>> Of<TAddress>(
        DescribedFlow flow, SwitchConfig config)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        yield return Of<TAddress>(flow, FlowSide.Client);
        yield return Of<TAddress>(flow, FlowSide.Server);
        // A new session needs its server's key to be free: what the server would answer with.
        foreach (RealConfig real in config.Reals)
        {
            if (real.Address is not { } address || address.IsV6 != flow.Source.IsV6)
            {
                continue;
            }
            foreach (ushort port in RealPorts(flow, config, real))
            {
                yield return Of<TAddress>(
                    flow with
                    {
                        Source = address,
                        SourcePort = port,
                        Destination = flow.Source,
                        DestinationPort = flow.SourcePort,
                    },
                    FlowSide.Server);
            }
        }
    }

    /// <summary>The key of the flow as frames from one side have it.</summary>
    public static FlowKey<TAddress> Of<TAddress>(DescribedFlow flow, FlowSide side)
        where TAddress : unmanaged, IIpAddress<TAddress>
        => new()
        {
            Source = AddressOf<TAddress>(flow.Source),
            Destination = AddressOf<TAddress>(flow.Destination),
            SourcePort = flow.SourcePort,
            DestinationPort = flow.DestinationPort,
            Protocol = flow.Protocol == "tcp" ? IpProtocol.Tcp : IpProtocol.Udp,
            Side = side,
        };

    private static IEnumerable<ushort> RealPorts(
        DescribedFlow flow, SwitchConfig config, RealConfig real)
        => config.Virts.Where(virt => virt.Address is { } vip && vip.Equals(flow.Destination))
            .SelectMany(virt => virt.Services)
            .Where(service => service.Port == flow.DestinationPort || service.Port == 0)
            .Select(service => service.RealPort is > 0 and <= ushort.MaxValue
                ? (ushort)service.RealPort : flow.DestinationPort)
            .Append(flow.DestinationPort).Distinct();

    private static TAddress AddressOf<TAddress>(IpAddress address)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        Span<byte> bytes = stackalloc byte[16];
        if (TAddress.IsV6)
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
