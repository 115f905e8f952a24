// Looks at one port: `probe tcp|udp ADDRESS:PORT --timeout MS` prints "open" (with what it said
// first, if anything), "refused" or "silent". Always exit 0: the scenario judges.
using System.Net.Sockets;
using System.Text;

namespace PacketSwitch.Lab.Programs;

internal static class ProbeProgram
{
    public static int Run(Words words)
    {
        var udp = words.Name(0, "tcp or udp") == "udp";
        var server = words.EndPoint(1);
        var timeout = TimeSpan.FromMilliseconds(words.Number("--timeout", 1500));
        using var socket = udp
            ? new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp)
            : new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        using var enough = new CancellationTokenSource(timeout);
        var open = false;
        try
        {
            socket.ConnectAsync(server, enough.Token).AsTask().GetAwaiter().GetResult();
            open = !udp;
            if (udp) socket.Send("anyone?"u8);
            var buffer = new byte[256];
            var length =
                socket.ReceiveAsync(buffer, enough.Token).AsTask().GetAwaiter().GetResult();
            Console.WriteLine($"open {Encoding.ASCII.GetString(buffer, 0, length).Trim()}");
        }
        catch (OperationCanceledException)
        {
            Console.WriteLine(open ? "open" : "silent");
        }
        catch (SocketException exception)
        {
            Console.WriteLine(exception.SocketErrorCode == SocketError.ConnectionRefused
                ? "refused" : exception.SocketErrorCode.ToString());
        }
        return 0;
    }
}
