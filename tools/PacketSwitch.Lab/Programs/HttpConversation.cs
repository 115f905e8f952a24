// One HTTP/1.1 request and its answer on a connection of its own, as the real servers of the lab
// speak it: "GET /bytes/N" is answered with N bytes of the test pattern, "PUT" is checked against
// it, anything else is answered with the server's name.
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace PacketSwitch.Lab.Programs;

internal static class HttpConversation
{
    private const int LongestHeader = 8192;

    public static async Task AnswerAsync(Socket connection, string name)
    {
        var buffer = new byte[LongestHeader];
        var (headerLength, length) = await ReadHeaderAsync(connection, buffer);
        if (headerLength == 0) return;
        var header = Encoding.ASCII.GetString(buffer, 0, headerLength);
        var words = header.Split(' ', 3);

        if (words[0] == "GET" && TryNumberAfter(words[1], "/bytes/", out var wanted))
        {
            await connection.SendAsync(Answer(wanted, body: ""));
            await TestPattern.SendAsync(connection, wanted);
        }
        else if (words[0] == "PUT" && TryNumberAfter(header, "Content-Length: ", out var coming))
        {
            var right = await TestPattern.ReceiveAsync(
                connection, coming, buffer.AsMemory(headerLength..length));
            await connection.SendAsync(
                Answer(0, right == coming ? $"{name}\n" : $"wrong at byte {right}\n"));
        }
        else
        {
            await connection.SendAsync(Answer(0, $"{name}\n"));
        }

        connection.Shutdown(SocketShutdown.Send);
        // The client's FIN: whoever closes first keeps the port in TIME-WAIT.
        await connection.ReceiveAsync(buffer);
    }

    private static async Task<(int HeaderLength, int Length)> ReadHeaderAsync(
        Socket connection, byte[] buffer)
    {
        var length = 0;
        while (length < buffer.Length)
        {
            var received = await connection.ReceiveAsync(buffer.AsMemory(length));
            if (received == 0) break;
            length += received;
            var end = buffer.AsSpan(0, length).IndexOf("\r\n\r\n"u8);
            if (end >= 0) return (end + 4, length);
        }
        return (0, length);
    }

    private static byte[] Answer(int patternLength, string body) => Encoding.ASCII.GetBytes(
        $"HTTP/1.1 200 OK\r\nContent-Length: {patternLength + body.Length}\r\n"
        + $"Connection: close\r\n\r\n{body}");

    private static bool TryNumberAfter(string text, string mark, out int number)
    {
        number = 0;
        var start = text.IndexOf(mark, StringComparison.Ordinal);
        if (start < 0) return false;
        start += mark.Length;
        var end = start;
        while (end < text.Length && char.IsAsciiDigit(text[end])) end++;
        return int.TryParse(
            text.AsSpan(start..end), NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }
}
