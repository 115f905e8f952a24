// A server that sends back what it gets: `echo PORT`, TCP, both address families. Started by the scenarios in each server's namespace;
// prints "listening" and runs until it is killed.
using System.Net;
using System.Net.Sockets;

namespace PacketSwitch.Lab.Programs;

internal static class EchoProgram
{
    public static int Run(Words words)
    {
        var port = int.Parse(words.Name(0, "PORT"), System.Globalization.CultureInfo.InvariantCulture);
        using var listener = new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp)
        {
            DualMode = true,
        };
        listener.Bind(new IPEndPoint(IPAddress.IPv6Any, port));
        listener.Listen(backlog: 1024);
        Console.WriteLine("listening");
        while (true)
        {
            var connection = listener.Accept();
            connection.NoDelay = true;
            _ = Task.Run(() => EchoAsync(connection));
        }
    }

    private static async Task EchoAsync(Socket connection)
    {
        using (connection)
        {
            var buffer = new byte[16384];
            try
            {
                int length;
                while ((length = await connection.ReceiveAsync(buffer)) > 0)
                    await connection.SendAsync(buffer.AsMemory(0, length));
            }
            catch (SocketException exception)
            {
                Console.WriteLine($"ended: {exception.SocketErrorCode}");
            }
        }
    }
}
