// http and httphead: a request for what `content` names; the status must be the one it names too, else 2xx or 3xx. Only the first
// line of the answer is looked at.

using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace PacketSwitch.Control.Health;

internal static class HttpCheck
{
    private const int MostOfFirstLine = 4096;

    public static Task<CheckAnswer> GetAsync(CheckTarget target, CancellationToken timeout)
        => AskAsync("GET", target, timeout);

    public static Task<CheckAnswer> HeadAsync(CheckTarget target, CancellationToken timeout)
        => AskAsync("HEAD", target, timeout);

    private static async Task<CheckAnswer> AskAsync(string method, CheckTarget target, CancellationToken timeout)
    {
        (Socket? connection, CheckAnswer failure) = await CheckSocket.ConnectAsync(target, timeout).ConfigureAwait(false);
        if (connection is null)
        {
            return failure;
        }
        string[] words = target.Content.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        string path = words.Length > 0 ? words[0] : "/";
        int expected = words.Length > 1 && int.TryParse(words[1], CultureInfo.InvariantCulture, out int status) ? status : 0;
        CheckAnswer answer;
        try
        {
            byte[] request = Encoding.ASCII.GetBytes(
                $"{method} {path} HTTP/1.1\r\nHost: {Host(target.EndPoint)}\r\nUser-Agent: packetswitch-check\r\n"
                + "Accept: */*\r\nConnection: close\r\n\r\n");
            await connection.SendAsync(request, timeout).ConfigureAwait(false);
            answer = Judge(await ReadFirstLineAsync(connection, timeout).ConfigureAwait(false), expected);
        }
        catch (OperationCanceledException)
        {
            answer = new CheckAnswer(HealthStatus.L7TOUT);
        }
        catch (SocketException e)
        {
            answer = new CheckAnswer(HealthStatus.L7RSP, CheckSocket.Describe(e));
        }
        _ = CheckSocket.CloseAsync(connection, target.Timeout);
        return answer;
    }

    /// <summary>What a status line (RFC 9112 section 4) says of the server's health.</summary>
    internal static CheckAnswer Judge(string line, int expected)
    {
        bool isHttp = line.StartsWith("HTTP/1.", StringComparison.Ordinal) && line.Length >= 12 && line[8] == ' ';
        if (!isHttp || !int.TryParse(line.AsSpan(9, 3), NumberStyles.None, CultureInfo.InvariantCulture, out int status))
        {
            return new CheckAnswer(HealthStatus.L7RSP, line.Length == 0 ? "closed without an answer" : "no HTTP answer");
        }
        bool isWell = expected == 0 ? status is >= 200 and < 400 : status == expected;
        string wanted = isWell || expected == 0 ? "" : $", not {expected}";
        return new CheckAnswer(isWell ? HealthStatus.L7OK : HealthStatus.L7STS, $"status {status}{wanted}");
    }

    private static async Task<string> ReadFirstLineAsync(Socket connection, CancellationToken timeout)
    {
        byte[] buffer = new byte[MostOfFirstLine];
        int length = 0;
        while (length < buffer.Length && !buffer.AsSpan(0, length).Contains((byte)'\n'))
        {
            int read = await connection.ReceiveAsync(buffer.AsMemory(length), timeout).ConfigureAwait(false);
            if (read == 0)
            {
                break;
            }
            length += read;
        }
        int end = buffer.AsSpan(0, length).IndexOf((byte)'\n');
        return Encoding.Latin1.GetString(buffer, 0, end < 0 ? length : end).TrimEnd('\r');
    }

    private static string Host(IPEndPoint server)
        => server.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{server.Address}]" : server.Address.ToString();
}
