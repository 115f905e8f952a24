// Sockets of the checks: opened from the right address, connected with a result instead of an exception, and closed with FIN.

using System.Net;
using System.Net.Sockets;

namespace PacketSwitch.Control.Health;

/// <summary>Opens, connects and closes.</summary>
internal static class CheckSocket
{
    // linux/in.h, asm-generic/socket.h
    private const int LevelIp = 0, BindAddressNoPort = 24, LevelSocket = 1, SocketMark = 36;

    // What a server may send before it closes too: a banner, the rest of a page.
    private const int MostDrained = 256 * 1024;

    /// <summary>A socket that sends from the target's source address.</summary>
    public static Socket Open(CheckTarget target, SocketType type, ProtocolType protocol)
    {
        var socket = new Socket(target.EndPoint.AddressFamily, type, protocol);
        try
        {
            if (target.Mark != 0)
            {
                socket.SetRawSocketOption(LevelSocket, SocketMark, BitConverter.GetBytes(target.Mark));
            }
            if (target.Source is not null)
            {
                // The port is chosen at connect, per destination: else a thousand checks a second use all ports up.
                socket.SetRawSocketOption(LevelIp, BindAddressNoPort, BitConverter.GetBytes(1));
                socket.Bind(new IPEndPoint(target.Source, 0));
            }
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>A TCP connection, or null and why there is none.</summary>
    public static async Task<(Socket? Connection, CheckAnswer Failure)> ConnectAsync(
        CheckTarget target, CancellationToken timeout)
    {
        Socket socket = Open(target, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(target.EndPoint, timeout).ConfigureAwait(false);
            return (socket, default);
        }
        catch (OperationCanceledException)
        {
            socket.Dispose();
            return (null, new CheckAnswer(HealthStatus.L4TOUT));
        }
        catch (SocketException e)
        {
            socket.Dispose();
            return (null, new CheckAnswer(HealthStatus.L4CON, Describe(e)));
        }
    }

    /// <summary>
    /// Ends a connection with FIN: the server's own end is awaited, and what it still sends is read, because a socket that is closed
    /// with unread bytes sends a RST.
    /// </summary>
    public static async Task CloseAsync(Socket connection, TimeSpan patience)
    {
        using var timeout = new CancellationTokenSource(patience);
        using (connection)
        {
            try
            {
                connection.Shutdown(SocketShutdown.Send);
                byte[] rest = new byte[2048];
                int total = 0;
                int read;
                do
                {
                    read = await connection.ReceiveAsync(rest, timeout.Token).ConfigureAwait(false);
                    total += read;
                }
                while (read > 0 && total < MostDrained);
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException)
            {
                // The result is known already; how the server takes the end of the connection is its own business.
            }
        }
    }

    /// <summary>A socket's error in a word or two.</summary>
    public static string Describe(SocketException e) => e.SocketErrorCode switch
    {
        SocketError.ConnectionRefused => "refused",
        SocketError.ConnectionReset or SocketError.ConnectionAborted => "reset",
        SocketError.HostUnreachable or SocketError.HostDown => "no route to the host",
        SocketError.NetworkUnreachable or SocketError.NetworkDown => "no route to the network",
        SocketError.AddressNotAvailable => "the switch's own address is not there",
        SocketError.TooManyOpenSockets => "too many open files on this machine",
        SocketError.AccessDenied => "not permitted here",
        _ => e.SocketErrorCode.ToString(),
    };
}
