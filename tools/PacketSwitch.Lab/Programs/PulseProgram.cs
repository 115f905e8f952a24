// A client whose connections live through what happens meanwhile: `pulse ADDRESS:PORT --connections N --seconds S --from PORT`. It
// opens N connections to an echo server, prints "ready", and sends bytes to and fro on each until the time is up: a thousand times a
// second on the first one, twenty times on the others. Then it prints how many are alive, what ended the others, and the longest time
// that an answer took. SIGTERM ends the time; each connection then makes a few beats more, in
// which one that was hurt would show it. Started by the scenarios.
using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace PacketSwitch.Lab.Programs;

internal static class PulseProgram
{
    private const int MessageBytes = 64, ConnectMs = 20_000, OtherPauseMs = 50;
    private const int LastMs = 250, LastBeats = 5;

    // Written by: the connections' threads. Read by: the first thread when all have ended.
    private static int _alive;
    private static long _longest;

    // Written by: the first thread, and the signal's. Read by: the connections' threads.
    private static long _end;

    public static int Run(Words words)
    {
        var server = words.EndPoint(0);
        var count = words.Number("--connections", 1);
        var seconds = words.Number("--seconds", 5);
        var from = words.Number("--from", 0);
        var patience = words.Number("--patience", 10);
        var sockets = Enumerable.Range(0, count)
            .Select(i => Open(server, from == 0 ? 0 : from + i, patience)).ToArray();
        Console.WriteLine("ready");
        _end = Stopwatch.GetTimestamp() + (seconds * Stopwatch.Frequency);
        using var signal = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
        {
            context.Cancel = true;
            Volatile.Write(
                ref _end, Stopwatch.GetTimestamp() + (LastMs * Stopwatch.Frequency / 1000));
        });
        var threads = sockets.Select((socket, i) => new Thread(() => Beat(socket, i))).ToArray();
        foreach (var thread in threads) thread.Start();
        foreach (var thread in threads) thread.Join();
        Console.WriteLine($"alive {_alive}");
        var longest = _longest * 1000.0 / Stopwatch.Frequency;
        Console.WriteLine($"longest-pause-ms {longest.ToString("F1", CultureInfo.InvariantCulture)}");
        return _alive == count ? 0 : 1;
    }

    private static Socket Open(IPEndPoint server, int from, int patience)
    {
        var socket = new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp)
        {
            NoDelay = true,
            ReceiveTimeout = patience * 1000,
        };
        var any = server.AddressFamily == AddressFamily.InterNetwork
            ? IPAddress.Any : IPAddress.IPv6Any;
        try
        {
            if (from != 0) socket.Bind(new IPEndPoint(any, from));
            if (socket.ConnectAsync(server).Wait(ConnectMs)) return socket;
        }
        catch (Exception exception) when (exception.GetBaseException() is SocketException why)
        {
            throw new LabException($"no connection from port {from} to {server}: {why.Message}");
        }
        throw new LabException($"no connection to {server} in {ConnectMs} ms");
    }

    private static void Beat(Socket socket, int index)
    {
        var sent = new byte[MessageBytes];
        var received = new byte[MessageBytes];
        try
        {
            for (int beat = 0, last = 0; last < LastBeats; beat++)
            {
                if (Stopwatch.GetTimestamp() >= Volatile.Read(ref _end)) last++;
                BinaryPrimitives.WriteInt32BigEndian(sent, beat);
                var began = Stopwatch.GetTimestamp();
                socket.Send(sent);
                for (var got = 0; got < MessageBytes;)
                {
                    var length = socket.Receive(received.AsSpan(got));
                    if (length == 0) throw new SocketException((int)SocketError.Disconnecting);
                    got += length;
                }
                if (!sent.AsSpan().SequenceEqual(received))
                {
                    Console.WriteLine($"connection {index}: wrong bytes came back");
                    return;
                }
                Note(Stopwatch.GetTimestamp() - began);
                Thread.Sleep(index == 0 ? 1 : OtherPauseMs);
            }
            Interlocked.Increment(ref _alive);
        }
        catch (SocketException exception)
        {
            Console.WriteLine($"connection {index}: {exception.SocketErrorCode}");
        }
        finally
        {
            socket.Dispose();
        }
    }

    private static void Note(long took)
    {
        var known = Volatile.Read(ref _longest);
        while (took > known)
        {
            var seen = Interlocked.CompareExchange(ref _longest, took, known);
            if (seen == known) return;
            known = seen;
        }
    }
}
