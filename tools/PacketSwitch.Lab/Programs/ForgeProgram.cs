// An attacker who knows a connection's addresses and ports but not its numbers: `forge KIND,KIND FROM:PORT TO:PORT --count N`
// sends N packets of each kind that claim to be FROM's. KIND: rst, syn, synack, ack, fin, data, or icmp (an error about a packet that TO
// is said to have sent to FROM, one of all codes that could end a connection). Prints "sent". Started by ModesScenario.
using System.Net;
using System.Net.Sockets;
using PacketSwitch.Lab.Stage;
using PacketSwitch.Wire;

namespace PacketSwitch.Lab.Programs;

internal static class ForgeProgram
{
    public static int Run(Words words)
    {
        var kinds = words.Name(0, "KIND").Split(',');
        var from = words.EndPoint(1);
        var to = words.EndPoint(2);
        var random = new Random(words.Number("--seed", 1));
        var count = words.Number("--count", 20);
        using var sender = new RawSender(to.Address);
        var frame = new byte[1514];
        var sent = 0;
        for (var i = 0; i < count * kinds.Length; i++)
        {
            var kind = kinds[i / count];
            var length = to.AddressFamily == AddressFamily.InterNetwork
                ? Forge(frame, kind, Ipv4Address.Read(Bytes(from)), Ipv4Address.Read(Bytes(to)), from, to, random, i)
                : Forge(frame, kind, Ipv6Address.Read(Bytes(from)), Ipv6Address.Read(Bytes(to)), from, to, random, i);
            if (sender.TrySend(frame.AsSpan(RawSender.EthernetBytes..length))) sent++;
            Thread.Sleep(1);
        }
        Console.WriteLine($"sent {sent}");
        return sent == count * kinds.Length ? 0 : 1;
    }

    private static byte[] Bytes(IPEndPoint endPoint) => endPoint.Address.GetAddressBytes();

    private static int Forge<TAddress>(
        Span<byte> frame, string kind, TAddress source, TAddress destination, IPEndPoint from, IPEndPoint to,
        Random random, int turn)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        var addresses = new FrameAddresses<TAddress>
        {
            Source = source,
            Destination = destination,
            SourcePort = (ushort)from.Port,
            DestinationPort = (ushort)to.Port,
        };
        if (kind == "icmp") return Error(frame, addresses, random, turn);
        var flags = kind switch
        {
            "rst" => TcpFlags.Rst,
            "syn" => TcpFlags.Syn,
            "synack" => TcpFlags.Syn | TcpFlags.Ack,
            "ack" or "data" => TcpFlags.Ack,
            "fin" => TcpFlags.Fin | TcpFlags.Ack,
            _ => throw new LabException($"forge does not know '{kind}'", exitCode: 2),
        };
        byte[] payload = kind == "data" ? [.. "forged"u8] : [];
        return FrameWriter.Tcp(
            frame, addresses, (uint)random.NextInt64(), (uint)random.NextInt64(), flags, 1000, default, payload);
    }

    private static int Error<TAddress>(
        Span<byte> frame, in FrameAddresses<TAddress> addresses, Random random, int turn)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        Span<byte> quoted = stackalloc byte[128];
        var length = FrameWriter.Tcp(
            quoted, addresses.Reversed, (uint)random.NextInt64(), (uint)random.NextInt64(), TcpFlags.Ack, 1000);
        var packet = quoted[RawSender.EthernetBytes..length];
        if ((object)addresses is FrameAddresses<Ipv4Address> four)
        {
            // Net, host, protocol, port unreachable; fragmentation needed; administratively prohibited.
            byte[] codes = [0, 1, 2, 3, 4, 13];
            return FrameWriter.IcmpErrorV4(
                frame, four, IcmpV4Type.DestinationUnreachable, codes[turn % codes.Length], 68, packet);
        }
        var six = (FrameAddresses<Ipv6Address>)(object)addresses;
        return turn % 4 == 3
            ? FrameWriter.IcmpErrorV6(frame, six, IcmpV6Type.PacketTooBig, 0, 1280, packet)
            : FrameWriter.IcmpErrorV6(
                frame, six, IcmpV6Type.DestinationUnreachable, (byte)(turn % 5), 0, packet);
    }
}
