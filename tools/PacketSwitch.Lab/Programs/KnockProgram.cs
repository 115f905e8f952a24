// A client that opens one new connection after the other, whether the ones before were answered or not: `knock ADDRESS:PORT --count N
// --seconds S`. A knock is answered when the connection stands and the echo of a message has come, within three seconds. Prints
// "answered", "slowest-ms" and the failures. Started by the scenarios while a flood fills the table.
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace PacketSwitch.Lab.Programs;

internal static class KnockProgram
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    public static int Run(Words words)
    {
        var server = words.EndPoint(0);
        var count = words.Number("--count", 100);
        var pause = TimeSpan.FromSeconds((double)words.Number("--seconds", 4) / count);
        var began = Stopwatch.GetTimestamp();
        var knocks = new Task<double>[count];
        for (var i = 0; i < count; i++)
        {
            knocks[i] = KnockAsync(server);
            var left = ((i + 1) * pause) - Stopwatch.GetElapsedTime(began);
            if (left > TimeSpan.Zero) Thread.Sleep(left);
        }
        var took = Task.WhenAll(knocks).GetAwaiter().GetResult();
        var answered = took.Where(ms => ms >= 0).ToArray();
        Console.WriteLine($"answered {answered.Length}");
        var slowest = answered.Length == 0 ? 0 : answered.Max();
        Console.WriteLine($"slowest-ms {slowest.ToString("F0", CultureInfo.InvariantCulture)}");
        return 0;
    }

    // How many milliseconds it took, or -1.
    private static async Task<double> KnockAsync(IPEndPoint server)
    {
        var began = Stopwatch.GetTimestamp();
        using var socket = new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        using var limit = new CancellationTokenSource(Patience);
        try
        {
            await socket.ConnectAsync(server, limit.Token);
            await socket.SendAsync(new byte[8], limit.Token);
            var buffer = new byte[8];
            for (var got = 0; got < buffer.Length;)
            {
                var length = await socket.ReceiveAsync(buffer.AsMemory(got), limit.Token);
                if (length == 0) throw new SocketException((int)SocketError.Disconnecting);
                got += length;
            }
            return Stopwatch.GetElapsedTime(began).TotalMilliseconds;
        }
        catch (OperationCanceledException)
        {
            Console.WriteLine("failed: no answer in time");
        }
        catch (SocketException exception)
        {
            Console.WriteLine($"failed: {exception.SocketErrorCode}");
        }
        return -1;
    }
}
