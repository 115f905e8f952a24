// Long transfers: `fetch ADDRESS:PORT --connections N --bytes B --seconds S` takes B bytes on each of N connections, no faster than in S
// seconds, and prints "right", the number of transfers whose SHA-256 is that of the bytes the server should have sent.
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace PacketSwitch.Lab.Programs;

internal static class FetchProgram
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    public static int Run(Words words)
    {
        var server = words.EndPoint(0);
        var count = words.Number("--connections", 20);
        var bytes = words.Number("--bytes", 1 << 20);
        var time = TimeSpan.FromSeconds(words.Number("--seconds", 5));
        var expected = Convert.ToHexString(SHA256.HashData(TestPattern.Take(bytes)));
        var opened = new CountdownEvent(count);
        var transfers = Enumerable.Range(0, count)
            .Select(_ => Task.Run(() => FetchAsync(server, bytes, time, opened))).ToArray();
        if (opened.Wait(Patience)) Console.WriteLine("ready");
        var ended = Task.WaitAll(transfers, Patience);
        var right = 0;
        foreach (var transfer in transfers)
        {
            var result = transfer.IsCompletedSuccessfully ? transfer.Result : "not finished";
            if (result == expected) right++;
            else Console.Error.WriteLine(result);
        }
        Console.WriteLine($"right {right}");
        return ended && right == count ? 0 : 1;
    }

    // The hash of what came, or what went wrong.
    private static async Task<string> FetchAsync(IPEndPoint server, int bytes, TimeSpan time, CountdownEvent opened)
    {
        using var connection = new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 1 << 16 };
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var received = 0;
        var isOpen = false;
        try
        {
            await connection.ConnectAsync(server);
            await connection.SendAsync(Encoding.ASCII.GetBytes($"GET /bytes/{bytes} HTTP/1.1\r\nHost: lab\r\n\r\n"));
            await SkipHeaderAsync(connection);
            isOpen = opened.Signal() || true;
            var buffer = new byte[1 << 16];
            var started = Stopwatch.GetTimestamp();
            while (received < bytes)
            {
                var due = (long)(bytes * (Stopwatch.GetElapsedTime(started) / time));
                if (due <= received)
                {
                    await Task.Delay(Pause);
                    continue;
                }
                var length = await connection.ReceiveAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, due - received)));
                if (length == 0) return $"the server ended the connection after {received} of {bytes} bytes";
                hash.AppendData(buffer, 0, length);
                received += length;
            }
            return Convert.ToHexString(hash.GetHashAndReset());
        }
        catch (SocketException exception)
        {
            if (!isOpen) opened.Signal();
            return $"{exception.Message} after {received} of {bytes} bytes";
        }
    }

    private static async Task SkipHeaderAsync(Socket connection)
    {
        var last = 0;
        var one = new byte[1];
        while (last != 0x0d0a0d0a && await connection.ReceiveAsync(one) == 1) last = (last << 8) | one[0];
    }
}
