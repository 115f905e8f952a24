// A client that moves bulk: `transfer ADDRESS:PORT --bytes N --timeout MS` takes N bytes from the
// server, then gives it N bytes, and prints "down-mbit" and "up-mbit" when every byte was right.
// This is what finds frames that were cut wrongly, or whose checksum nobody finished.
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace PacketSwitch.Lab.Programs;

internal static class TransferProgram
{
    public static int Run(Words words)
    {
        var server = words.EndPoint(0);
        var bytes = words.Number("--bytes", 1 << 20);
        var timeout = TimeSpan.FromMilliseconds(words.Number("--timeout", 10000));
        return Timed("down", bytes, () => DownAsync(server, bytes), timeout)
            && Timed("up", bytes, () => UpAsync(server, bytes), timeout) ? 0 : 1;
    }

    // The clock runs before the transfer does: what does not have to wait is done before its task is returned.
    private static bool Timed(string direction, int bytes, Func<Task<string>> begin, TimeSpan timeout)
    {
        var started = Stopwatch.GetTimestamp();
        string failure;
        try
        {
            Task<string> transfer = begin();
            failure = transfer.Wait(timeout)
                ? transfer.Result
                : $"not finished in {timeout.TotalSeconds:0.#} s";
        }
        catch (AggregateException exception)
        {
            failure = exception.InnerException?.Message ?? exception.Message;
        }
        if (failure != "")
        {
            Console.Error.WriteLine($"{bytes} bytes {direction}: {failure}");
            return false;
        }
        var megabits = bytes * 8 / 1e6 / Stopwatch.GetElapsedTime(started).TotalSeconds;
        Console.WriteLine(
            $"{direction}-mbit {megabits.ToString("F0", CultureInfo.InvariantCulture)}");
        return true;
    }

    private static async Task<string> DownAsync(IPEndPoint server, int bytes)
    {
        using var connection = await OpenAsync(
            server, $"GET /bytes/{bytes} HTTP/1.1\r\nHost: lab\r\n\r\n");
        var header = await ReadHeaderAsync(connection);
        if (!header.Contains($"Content-Length: {bytes}\r\n", StringComparison.Ordinal))
            return $"answer '{header}'";
        var right = await TestPattern.ReceiveAsync(connection, bytes, default);
        return right == bytes ? "" : $"wrong or missing from byte {right}";
    }

    private static async Task<string> UpAsync(IPEndPoint server, int bytes)
    {
        using var connection = await OpenAsync(
            server, $"PUT / HTTP/1.1\r\nHost: lab\r\nContent-Length: {bytes}\r\n\r\n");
        await TestPattern.SendAsync(connection, bytes);
        connection.Shutdown(SocketShutdown.Send);
        await ReadHeaderAsync(connection);
        var buffer = new byte[256];
        var answer =
            Encoding.ASCII.GetString(buffer, 0, await connection.ReceiveAsync(buffer)).Trim();
        return answer.StartsWith("wrong", StringComparison.Ordinal) ? answer : "";
    }

    private static async Task<Socket> OpenAsync(IPEndPoint server, string request)
    {
        var connection = new Socket(
            AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await connection.ConnectAsync(server);
        await connection.SendAsync(Encoding.ASCII.GetBytes(request));
        return connection;
    }

    // Byte by byte, so that not one byte of the body is taken with it.
    private static async Task<string> ReadHeaderAsync(Socket connection)
    {
        var header = new StringBuilder();
        var one = new byte[1];
        while (!header.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal)
            && await connection.ReceiveAsync(one) == 1)
        {
            header.Append((char)one[0]);
        }
        return header.ToString();
    }
}
