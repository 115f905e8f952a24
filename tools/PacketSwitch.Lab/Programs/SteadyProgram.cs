// Clients that keep asking at a steady rate, whatever the answers: `steady ADDRESS:PORT --rate R
// --seconds S`. Each request is a connection of its own with one HTTP request; it fails after five
// seconds. Prints "ready", then at the end what was answered, by server and second, the most that
// a request began late after the first second, and each failure with the times it began and ended,
// in milliseconds of the machine's clock since its start, which all programs of a machine share.
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace PacketSwitch.Lab.Programs;

internal static class SteadyProgram
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Milliseconds of the clock that the failures' times are of.</summary>
    public static double NowMs => Stopwatch.GetTimestamp() * 1000.0 / Stopwatch.Frequency;

    public static int Run(Words words)
    {
        var server = words.EndPoint(0);
        var rate = words.Number("--rate", 200);
        var count = rate * words.Number("--seconds", 5);
        var outcomes = new ConcurrentBag<(int Number, double BeganMs, double EndedMs, string Name, string Failure)>();
        var requests = new Task[count];
        var lateMs = new double[count];
        Console.WriteLine("ready");
        var began = Stopwatch.GetTimestamp();
        for (var i = 0; i < count; i++)
        {
            var number = i;
            requests[i] = Task.Run(async () =>
            {
                var beganMs = NowMs;
                var dueMs = number * 1000.0 / rate;
                lateMs[number] = Stopwatch.GetElapsedTime(began).TotalMilliseconds - dueMs;
                var (name, failure) = await AskAsync(server);
                outcomes.Add((number, beganMs, NowMs, name, failure));
            });
            var left = TimeSpan.FromSeconds((i + 1.0) / rate) - Stopwatch.GetElapsedTime(began);
            if (left > TimeSpan.Zero) Thread.Sleep(left);
        }
        Task.WaitAll(requests);
        Console.WriteLine($"answered {outcomes.Count(one => one.Failure == "")}");
        Console.WriteLine($"late-ms {(int)lateMs.Skip(rate).Append(0).Max()}");
        foreach (var second in outcomes.Where(one => one.Failure == "").GroupBy(one => one.Number / rate).OrderBy(one => one.Key))
        {
            foreach (var answers in second.GroupBy(one => one.Name))
                Console.WriteLine($"second-{second.Key}-{answers.Key} {answers.Count()}");
        }
        foreach (var (_, beganMs, endedMs, _, failure) in outcomes.Where(one => one.Failure != "").OrderBy(one => one.BeganMs))
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"failed {beganMs:F1} {endedMs:F1} {failure}"));
        return 0;
    }

    private static async Task<(string Name, string Failure)> AskAsync(IPEndPoint server)
    {
        using var enough = new CancellationTokenSource(Patience);
        using var connection = new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await connection.ConnectAsync(server, enough.Token);
            await connection.SendAsync("GET /name HTTP/1.1\r\nHost: lab\r\nConnection: close\r\n\r\n"u8.ToArray(), enough.Token);
            var buffer = new byte[4096];
            var length = 0;
            for (var read = -1; read != 0 && length < buffer.Length; length += read)
                read = await connection.ReceiveAsync(buffer.AsMemory(length), enough.Token);
            var answer = Encoding.ASCII.GetString(buffer, 0, length);
            var body = answer.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            return answer.StartsWith("HTTP/1.1 200 ", StringComparison.Ordinal) && body > 0
                ? (answer[(body + 4)..].Trim(), "") : ("", "no-answer");
        }
        catch (OperationCanceledException)
        {
            return ("", "timeout");
        }
        catch (SocketException exception)
        {
            return ("", $"{exception.SocketErrorCode}");
        }
    }
}
