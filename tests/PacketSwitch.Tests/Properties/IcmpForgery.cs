// ICMP errors about a connection of which the addresses and ports are known, forged or true, with
// something wrong in half of them. Used by ForgeryTests.

using PacketSwitch.Wire;

namespace PacketSwitch.Tests.Properties;

internal static class IcmpForgery
{
    /// <summary>An error as it would come from the client's side, or from the server's.</summary>
    public static byte[] Make<TAddress>(
        Random random, AttackedConnections<TAddress>.Connection of, bool fromServer)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        // The quoted packet is one that the other side sent; sometimes its port is another.
        ushort wrong = (ushort)(random.Next(2) * random.Next(100));
        byte[] quoted = fromServer
            ? Packet(random, of.KnownAs, of.Real, of.KnownPort, (ushort)(of.RealPort + wrong))
            : Packet(
                random, of.Vip, of.Client, AttackedConnections<TAddress>.ServicePort,
                (ushort)(of.ClientPort + wrong));
        bool isEnd = random.Next(2) == 0;
        TAddress source = fromServer ? of.Real : isEnd ? of.Client : Router(of.Client);
        var addresses = new FrameAddresses<TAddress>
        {
            SourceMac = fromServer ? of.RealMac : new MacAddress(0x0a66_6666_6666),
            DestinationMac = PacketSwitch.Control.SwitchMacs.OfReplay,
            Source = source,
            Destination = fromServer ? of.KnownAs : of.Vip,
            Ttl = FrameWriter.DefaultTtl,
        };
        byte[] buffer = new byte[400];
        int length = addresses switch
        {
            FrameAddresses<Ipv4Address> v4 => FrameWriter.IcmpErrorV4(
                buffer, v4,
                (byte)(random.Next(3) == 0
                    ? IcmpV4Type.TimeExceeded : IcmpV4Type.DestinationUnreachable),
                (byte)random.Next(5), (uint)random.Next(1500), quoted),
            FrameAddresses<Ipv6Address> v6 => FrameWriter.IcmpErrorV6(
                buffer, v6,
                (byte)(random.Next(3) == 0
                    ? IcmpV6Type.PacketTooBig : IcmpV6Type.DestinationUnreachable),
                (byte)random.Next(2), (uint)random.Next(1500), quoted),
            _ => throw new InvalidOperationException("no such address family"),
        };
        return buffer[..length];
    }

    private static byte[] Packet<TAddress>(
        Random random, TAddress source, TAddress destination, ushort sourcePort,
        ushort destinationPort)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        byte[] buffer = new byte[200];
        var addresses = new FrameAddresses<TAddress>
        {
            Source = source,
            Destination = destination,
            SourcePort = sourcePort,
            DestinationPort = destinationPort,
            Ttl = FrameWriter.DefaultTtl,
        };
        int length = FrameWriter.Tcp(
            buffer, addresses, (uint)random.NextInt64(1L << 32), 0, TcpFlags.Ack, 1000, [], []);
        return buffer[14..length];
    }

    // Some router on the client's side.
    private static TAddress Router<TAddress>(TAddress client)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        Span<byte> bytes = stackalloc byte[16];
        client.Write(bytes);
        bytes[TAddress.Length - 2] ^= 0x55;
        return TAddress.Read(bytes);
    }
}
