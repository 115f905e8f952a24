// tls: a TLS handshake is made, whatever the certificate; nothing is asked for.

using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace PacketSwitch.Control.Health;

internal static class TlsCheck
{
    public static async Task<CheckAnswer> RunAsync(CheckTarget target, CancellationToken timeout)
    {
        (Socket? connection, CheckAnswer failure) = await CheckSocket.ConnectAsync(target, timeout).ConfigureAwait(false);
        if (connection is null)
        {
            return failure;
        }
        CheckAnswer answer;
        try
        {
            // Any certificate will do: the check asks whether the server can serve, not who it is.
            using var stream = new SslStream(
                new NetworkStream(connection, ownsSocket: false), leaveInnerStreamOpen: true, (_, _, _, _) => true);
            await stream.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions { TargetHost = target.EndPoint.Address.ToString() }, timeout)
                .ConfigureAwait(false);
            answer = new CheckAnswer(HealthStatus.L6OK, stream.SslProtocol.ToString());
            await stream.ShutdownAsync().ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            answer = new CheckAnswer(HealthStatus.L6TOUT);
        }
        catch (Exception e) when (e is AuthenticationException or IOException)
        {
            answer = new CheckAnswer(HealthStatus.L6RSP, "no TLS handshake");
        }
        _ = CheckSocket.CloseAsync(connection, target.Timeout);
        return answer;
    }
}
