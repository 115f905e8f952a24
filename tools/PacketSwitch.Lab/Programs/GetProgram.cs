// A client: `get ADDRESS:PORT --count N --timeout MS` asks N times, one new connection each, and
// prints how often which server answered, how many requests failed and the slowest answer, a "word
// number" line each. The first failure's reason goes to stderr. Exit 0 when none failed.
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace PacketSwitch.Lab.Programs;

internal static class GetProgram
{
    public static int Run(Words words)
    {
        var server = words.EndPoint(0);
        var count = words.Number("--count", 1);
        var timeout = TimeSpan.FromMilliseconds(words.Number("--timeout", 3000));

        var answers = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var failed = 0;
        var slowest = TimeSpan.Zero;
        for (var request = 1; request <= count; request++)
        {
            var started = Stopwatch.GetTimestamp();
            var (name, failure) = AskAsync(server, timeout).GetAwaiter().GetResult();
            var took = Stopwatch.GetElapsedTime(started);
            if (took > slowest) slowest = took;
            if (failure == "")
            {
                answers[name] = answers.GetValueOrDefault(name) + 1;
            }
            else
            {
                if (failed == 0) Console.Error.WriteLine($"request {request}: {failure}");
                failed++;
            }
        }

        foreach (var (name, number) in answers) Console.WriteLine($"{name} {number}");
        Console.WriteLine($"failed {failed}");
        Console.WriteLine(
            $"slowest-ms {slowest.TotalMilliseconds.ToString("F1", CultureInfo.InvariantCulture)}");
        return failed == 0 ? 0 : 1;
    }

    /// <summary>One request on a connection of its own; who answered, or why nobody did.</summary>
    public static async Task<(string Name, string Failure)> AskAsync(
        IPEndPoint server, TimeSpan timeout, IPEndPoint? from = null)
    {
        using var enough = new CancellationTokenSource(timeout);
        using var connection = new Socket(
            AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (from is not null) connection.Bind(from);
            await connection.ConnectAsync(server, enough.Token);
            var request = $"GET / HTTP/1.1\r\nHost: {server.Address}\r\nConnection: close\r\n\r\n";
            await connection.SendAsync(Encoding.ASCII.GetBytes(request), enough.Token);
            var answer = await ReadToEndAsync(connection, enough.Token);
            var body = answer.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            return answer.StartsWith("HTTP/1.1 200 ", StringComparison.Ordinal) && body > 0
                ? (answer[(body + 4)..].Trim(), "")
                : ("", $"an answer that is none: '{answer.Split('\r')[0]}'");
        }
        catch (OperationCanceledException)
        {
            var far = connection.Connected ? "connected, but" : "no connection and";
            return ("", $"{far} no answer in {timeout.TotalSeconds:0.#} s");
        }
        catch (SocketException exception)
        {
            return ("", exception.Message);
        }
    }

    private static async Task<string> ReadToEndAsync(Socket connection, CancellationToken enough)
    {
        var buffer = new byte[4096];
        var length = 0;
        while (length < buffer.Length)
        {
            var received = await connection.ReceiveAsync(buffer.AsMemory(length), enough);
            if (received == 0) break;
            length += received;
        }
        return Encoding.ASCII.GetString(buffer, 0, length);
    }
}
