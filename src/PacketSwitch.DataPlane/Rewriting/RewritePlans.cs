// Fills in the two rewrites of a new session: one function per forwarding mode. Called by SessionOpener once per session; the
// per-frame path knows no modes.

using PacketSwitch.Wire;

namespace PacketSwitch.DataPlane;

/// <summary>Plans the rewrites of sessions. Flow 0 is the client's direction, flow 1 the server's.</summary>
public static class RewritePlans
{
    /// <summary>
    /// NAT: the destination becomes the real server; with a proxy address (full NAT) the source becomes that.
    /// </summary>
    /// <param name="client">The client's direction; its key is set.</param>
    /// <param name="server">The server's direction, filled in.</param>
    /// <param name="source">Source towards the server: the client, or a proxy address.</param>
    /// <param name="sourcePort">Source port towards the server.</param>
    /// <param name="real">The real server.</param>
    /// <param name="realPort">Its port.</param>
    /// <param name="neighbor">The neighbour that frames to it go to.</param>
    public static void ForNat<TAddress>(
        ref FlowEntry<TAddress> client, ref FlowEntry<TAddress> server, TAddress source, ushort sourcePort,
        TAddress real, ushort realPort, ushort neighbor)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        ref FlowKey<TAddress> asked = ref client.Key;
        client.Rewrite = Between(
            asked.Source, asked.SourcePort, asked.Destination, asked.DestinationPort,
            source, sourcePort, real, realPort);
        client.Rewrite.Neighbor = neighbor;
        server.Key = new FlowKey<TAddress>
        {
            Source = real,
            Destination = source,
            SourcePort = realPort,
            DestinationPort = sourcePort,
            Protocol = asked.Protocol,
            Side = FlowSide.Server,
        };
        server.Rewrite = Between(
            real, realPort, source, sourcePort,
            asked.Destination, asked.DestinationPort, asked.Source, asked.SourcePort);
        server.Rewrite.Neighbor = Rewrite<TAddress>.ToClient;
    }

    /// <summary>Direct server return: only the MACs change, and the server's answers do not come through a session.</summary>
    public static void ForDsr<TAddress>(ref FlowEntry<TAddress> client, ref FlowEntry<TAddress> server, ushort neighbor)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        client.Rewrite = default;
        client.Rewrite.Neighbor = neighbor;
        server.Rewrite = default;
        server.Rewrite.Neighbor = Rewrite<TAddress>.ToClient;
    }

    /// <summary>The rewrite that turns one pair of addresses and ports into another, with its checksum
    /// delta (RFC 1624).</summary>
    public static Rewrite<TAddress> Between<TAddress>(
        TAddress source, ushort sourcePort, TAddress destination, ushort destinationPort,
        TAddress newSource, ushort newSourcePort, TAddress newDestination, ushort newDestinationPort)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        uint addresses = source.WordSum + destination.WordSum;
        uint newAddresses = newSource.WordSum + newDestination.WordSum;
        bool changes = !source.Equals(newSource) || !destination.Equals(newDestination)
            || sourcePort != newSourcePort || destinationPort != newDestinationPort;
        return new Rewrite<TAddress>
        {
            Source = newSource,
            Destination = newDestination,
            SourcePort = newSourcePort,
            DestinationPort = newDestinationPort,
            AddressDelta = changes ? InternetChecksum.Delta(addresses, newAddresses) : (ushort)0,
            Flags = changes ? RewriteFlags.Addresses : RewriteFlags.None,
        };
    }
}
