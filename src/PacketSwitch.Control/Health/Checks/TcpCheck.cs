// tcp: a connection stands. It ends with FIN, never RST.

namespace PacketSwitch.Control.Health;

internal static class TcpCheck
{
    public static async Task<CheckAnswer> RunAsync(CheckTarget target, CancellationToken timeout)
    {
        (System.Net.Sockets.Socket? connection, CheckAnswer failure) =
            await CheckSocket.ConnectAsync(target, timeout).ConfigureAwait(false);
        if (connection is null)
        {
            return failure;
        }
        // The server is well; its farewell is not waited for here.
        _ = CheckSocket.CloseAsync(connection, target.Timeout);
        return new CheckAnswer(HealthStatus.L4OK);
    }
}
