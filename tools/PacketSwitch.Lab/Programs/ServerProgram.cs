// A real server that tells its name: `server NAME ADDRESS`. Port 80 speaks just enough HTTP, port
// 22 only shows a banner as ssh does, UDP port 7 answers each datagram with the server's name.
// Started by the scenarios, one in each server's namespace; it prints "listening" when all three
// are open and runs until it is killed.
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace PacketSwitch.Lab.Programs;

internal static class ServerProgram
{
    private const int HttpPort = 80, SshPort = 22, UdpPort = 7;

    public static int Run(Words words)
    {
        var name = words.Name(0, "NAME");
        if (!IPAddress.TryParse(words.Name(1, "ADDRESS"), out var address))
            throw new LabException($"'{words.Name(1, "ADDRESS")}' is not an address", exitCode: 2);

        Serve(
            new IPEndPoint(address, HttpPort),
            connection => HttpConversation.AnswerAsync(connection, name));
        Serve(new IPEndPoint(address, SshPort), connection => ShowBannerAsync(connection, name));
        using var udp = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        udp.Bind(new IPEndPoint(address, UdpPort));
        Console.WriteLine("listening");
        EchoDatagrams(udp, name);
        return 0;
    }

    private static void Serve(IPEndPoint endPoint, Func<Socket, Task> converse)
    {
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(endPoint);
        listener.Listen(backlog: 512);
        _ = Task.Run(async () =>
        {
            while (true)
            {
                var connection = await listener.AcceptAsync();
                _ = Task.Run(() => ConverseAsync(connection, converse));
            }
        });
    }

    private static async Task ConverseAsync(Socket connection, Func<Socket, Task> converse)
    {
        using (connection)
        {
            try
            {
                await converse(connection);
            }
            catch (SocketException exception)
            {
                Console.WriteLine($"{connection.RemoteEndPoint}: {exception.SocketErrorCode}");
            }
        }
    }

    private static async Task ShowBannerAsync(Socket connection, string name)
    {
        await connection.SendAsync(Encoding.ASCII.GetBytes($"SSH-2.0-{name}\r\n"));
        connection.Shutdown(SocketShutdown.Send);
        await connection.ReceiveAsync(new byte[256]);
    }

    private static void EchoDatagrams(Socket udp, string name)
    {
        var buffer = new byte[65536];
        EndPoint client = new IPEndPoint(IPAddress.Any, 0);
        while (true)
        {
            var length = udp.ReceiveFrom(buffer, ref client);
            var question = Encoding.ASCII.GetString(buffer, 0, length);
            udp.SendTo(Encoding.ASCII.GetBytes($"{name} {question}"), client);
        }
    }
}
