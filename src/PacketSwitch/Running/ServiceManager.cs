// Tells systemd how the service is (sd_notify): a datagram to the socket named in NOTIFY_SOCKET, nothing when there is none.

using System.Net.Sockets;
using System.Text;

namespace PacketSwitch.Running;

/// <summary>The notify protocol of systemd (sd_notify(3)).</summary>
internal static class ServiceManager
{
    /// <summary>Sends a state such as <c>READY=1</c>; a service manager that does not listen is no error.</summary>
    public static void Notify(string state)
    {
        string? path = Environment.GetEnvironmentVariable("NOTIFY_SOCKET");
        if (string.IsNullOrEmpty(path))
        {
            return;
        }
        try
        {
            // A leading @ stands for the zero byte of an abstract address.
            string address = path[0] == '@' ? "\0" + path[1..] : path;
            using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
            socket.SendTo(Encoding.UTF8.GetBytes(state), new UnixDomainSocketEndPoint(address));
        }
        catch (SocketException)
        {
        }
    }
}
