// A UDP client: `udp ADDRESS:PORT --count N --timeout MS` sends N datagrams, each from a new socket
// (so each is a new session of the switch), and prints which server answered how often and how many
// were lost. The socket is connected: an answer from any other address than the one asked does not
// count.
using System.Net.Sockets;
using System.Text;

namespace PacketSwitch.Lab.Programs;

internal static class UdpProgram
{
    public static int Run(Words words)
    {
        var server = words.EndPoint(0);
        var count = words.Number("--count", 1);
        var timeoutMs = words.Number("--timeout", 1000);

        var answers = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var lost = 0;
        var buffer = new byte[2048];
        for (var i = 1; i <= count; i++)
        {
            using var socket = new Socket(
                AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            socket.ReceiveTimeout = timeoutMs;
            var question = $"datagram {i} of {count}";
            try
            {
                socket.Connect(server);
                socket.Send(Encoding.ASCII.GetBytes(question));
                var answer =
                    Encoding.ASCII.GetString(buffer, 0, socket.Receive(buffer)).Split(' ', 2);
                if (answer.Length != 2 || answer[1] != question)
                    throw new LabException($"datagram {i}: another's answer");
                answers[answer[0]] = answers.GetValueOrDefault(answer[0]) + 1;
            }
            catch (SocketException exception)
            {
                if (lost == 0)
                    Console.Error.WriteLine($"datagram {i}: {exception.SocketErrorCode}");
                lost++;
            }
        }

        foreach (var (name, number) in answers) Console.WriteLine($"{name} {number}");
        Console.WriteLine($"failed {lost}");
        return lost == 0 ? 0 : 1;
    }
}
