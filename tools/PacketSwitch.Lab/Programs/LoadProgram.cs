// A steady load: `load ADDRESS:PORT --rate N --seconds S` opens N new connections a second, asks once on each, and prints "asked",
// "failed" and how often which server answered. Requests do not wait for each other. SIGTERM ends
// the time. The first failures' reasons go to stderr.
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;

namespace PacketSwitch.Lab.Programs;

internal static class LoadProgram
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    public static int Run(Words words)
    {
        var server = words.EndPoint(0);
        var rate = words.Number("--rate", 100);
        var seconds = words.Number("--seconds", 5);
        var requests = new List<Task<string>>();
        bool isOver = false;
        using var signal = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
        {
            context.Cancel = true;
            Volatile.Write(ref isOver, true);
        });
        Console.WriteLine("ready");
        var started = Stopwatch.GetTimestamp();
        while (!Volatile.Read(ref isOver)
            && Stopwatch.GetElapsedTime(started).TotalSeconds is var now && now < seconds)
        {
            while (requests.Count < now * rate) requests.Add(AskAsync(server));
            Thread.Sleep(2);
        }
        Task.WaitAll([.. requests]);
        var names = requests.GroupBy(request => request.Result).OrderBy(group => group.Key, StringComparer.Ordinal);
        var failed = 0;
        foreach (var name in names)
        {
            if (name.Key.StartsWith('!'))
            {
                failed += name.Count();
                Console.Error.WriteLine($"{name.Count()} times: {name.Key[1..]}");
            }
            else
            {
                Console.WriteLine($"{name.Key} {name.Count()}");
            }
        }
        Console.WriteLine($"asked {requests.Count}");
        Console.WriteLine($"failed {failed}");
        return failed == 0 ? 0 : 1;
    }

    // The answering server's name, or what went wrong behind a '!'.
    private static async Task<string> AskAsync(IPEndPoint server)
    {
        using var enough = new CancellationTokenSource(Patience);
        using var connection = new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await connection.ConnectAsync(server, enough.Token);
            await connection.SendAsync(
                Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nHost: lab\r\nConnection: close\r\n\r\n"), enough.Token);
            var buffer = new byte[2048];
            var length = 0;
            while (length < buffer.Length
                && await connection.ReceiveAsync(buffer.AsMemory(length), enough.Token) is var received and > 0)
            {
                length += received;
            }
            var answer = Encoding.ASCII.GetString(buffer, 0, length);
            var body = answer.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            return body > 0 ? answer[(body + 4)..].Trim() : $"!an answer that is none: '{answer.Split('\r')[0]}'";
        }
        catch (OperationCanceledException)
        {
            return $"!no answer in {Patience.TotalSeconds:0} s";
        }
        catch (SocketException exception)
        {
            return "!" + exception.Message;
        }
    }
}
