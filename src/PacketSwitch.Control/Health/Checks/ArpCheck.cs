// arp: the server's MAC answers (ARP, or neighbour discovery). Asked and heard by the switch's own frames, so that it needs no address
// of the host.

namespace PacketSwitch.Control.Health;

internal static class ArpCheck
{
    public static async Task<CheckAnswer> RunAsync(CheckTarget target, CancellationToken timeout)
    {
        try
        {
            await target.AskNeighbor(target.Rip, timeout).ConfigureAwait(false);
            return new CheckAnswer(HealthStatus.L2OK);
        }
        catch (OperationCanceledException)
        {
            return new CheckAnswer(HealthStatus.L2TOUT);
        }
    }
}
