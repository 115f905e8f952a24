// udp: a datagram is sent. A port unreachable fails; an answer, or silence, is well: what a service answers to nobody knows.

using System.Net.Sockets;

namespace PacketSwitch.Control.Health;

internal static class UdpCheck
{
    // An ICMP error comes within a round trip.
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(500);

    public static async Task<CheckAnswer> RunAsync(CheckTarget target, CancellationToken timeout)
    {
        using Socket socket = CheckSocket.Open(target, SocketType.Dgram, ProtocolType.Udp);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(timeout);
        patience.CancelAfter(Longest < target.Timeout / 2 ? Longest : target.Timeout / 2);
        try
        {
            await socket.ConnectAsync(target.EndPoint, timeout).ConfigureAwait(false);
            await socket.SendAsync(new byte[] { 0 }, timeout).ConfigureAwait(false);
            await socket.ReceiveAsync(new byte[64], patience.Token).ConfigureAwait(false);
            return new CheckAnswer(HealthStatus.L4OK);
        }
        catch (OperationCanceledException)
        {
            // On a busy machine the time may be up before anybody has looked: the socket knows.
            return Refusal(socket) ?? new CheckAnswer(HealthStatus.L4OK, "not refused");
        }
        catch (SocketException e)
        {
            return new CheckAnswer(HealthStatus.L4CON, CheckSocket.Describe(e));
        }
    }

    /// <summary>What the kernel has noted at the socket so far; null: nothing.</summary>
    internal static CheckAnswer? Refusal(Socket socket)
    {
        int error = (int)socket.GetSocketOption(
            SocketOptionLevel.Socket, SocketOptionName.Error)!;
        return error == (int)SocketError.Success ? null : new CheckAnswer(
            HealthStatus.L4CON, CheckSocket.Describe(new SocketException(error)));
    }
}
