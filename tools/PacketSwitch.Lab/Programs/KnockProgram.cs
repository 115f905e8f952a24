// A client that opens one new connection after the other, whether the ones before were answered or
// not: `knock ADDRESS:PORT --count N --seconds S --patience P`. A knock is answered when a
// connection stands and the echo of a message has come, within P seconds; one that is reset knocks
// again. Prints "answered", how many of them were "prompt" (at the first knock, in three seconds),
// "slowest-ms" and the failures. Started by the scenarios while a flood fills the table.
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace PacketSwitch.Lab.Programs;

internal static class KnockProgram
{
    private const int PromptMs = 3_000, PauseMs = 100;

    public static int Run(Words words)
    {
        var server = words.EndPoint(0);
        var count = words.Number("--count", 100);
        var pause = TimeSpan.FromSeconds((double)words.Number("--seconds", 4) / count);
        var patience = TimeSpan.FromSeconds(words.Number("--patience", 3));
        var began = Stopwatch.GetTimestamp();
        var knocks = new Task<Knock>[count];
        for (var i = 0; i < count; i++)
        {
            knocks[i] = KnockAsync(server, patience);
            var left = ((i + 1) * pause) - Stopwatch.GetElapsedTime(began);
            if (left > TimeSpan.Zero) Thread.Sleep(left);
        }
        var all = Task.WhenAll(knocks).GetAwaiter().GetResult();
        var answered = all.Where(knock => knock.IsAnswered).ToArray();
        Console.WriteLine($"answered {answered.Length}");
        var prompt = answered.Count(knock => knock is { Tries: 1, Ms: <= PromptMs });
        Console.WriteLine($"prompt {prompt}");
        var slowest = answered.Length == 0 ? 0 : answered.Max(knock => knock.Ms);
        Console.WriteLine($"slowest-ms {slowest.ToString("F0", CultureInfo.InvariantCulture)}");
        return 0;
    }

    private static async Task<Knock> KnockAsync(IPEndPoint server, TimeSpan patience)
    {
        var began = Stopwatch.GetTimestamp();
        using var limit = new CancellationTokenSource(patience);
        for (var tries = 1; ; tries++)
        {
            try
            {
                await AskAsync(server, limit.Token);
                return new Knock(true, tries, Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            }
            catch (OperationCanceledException)
            {
                Console.WriteLine("failed: no answer in time");
                return new Knock(false, tries, 0);
            }
            catch (SocketException exception)
            {
                Console.WriteLine($"try {tries}: {exception.SocketErrorCode}");
                await Task.Delay(PauseMs);
            }
        }
    }

    private static async Task AskAsync(IPEndPoint server, CancellationToken limit)
    {
        using var socket = new Socket(
            server.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(server, limit);
        await socket.SendAsync(new byte[8], limit);
        var buffer = new byte[8];
        for (var got = 0; got < buffer.Length;)
        {
            var length = await socket.ReceiveAsync(buffer.AsMemory(got), limit);
            if (length == 0) throw new SocketException((int)SocketError.Disconnecting);
            got += length;
        }
    }

    private readonly record struct Knock(bool IsAnswered, int Tries, double Ms);
}
