// How the checks reach the servers on this machine: from which address, and how a DSR server is asked at its VIP. Made by whoever composes
// the switch; the control plane adds the way for ARP.

using System.Net;
using PacketSwitch.Wire;

namespace PacketSwitch.Control.Health;

/// <summary>Ways to the servers. Its functions are called on any thread.</summary>
/// <param name="SourceFor">The address to ask from; null leaves it to the host's routes.</param>
/// <param name="MarkFor">The firewall mark that leads to a real server though a VIP is asked; 0: there is no such way.</param>
public sealed record HealthPath(Func<IpAddress, IPAddress?> SourceFor, Func<int, IpAddress, int> MarkFor)
{
    /// <summary>The host's own routes.</summary>
    public static HealthPath Host { get; } = new(_ => null, (_, _) => 0);

    /// <summary>Asks for an address's MAC by the switch's own frames; ends when the answer came.</summary>
    internal Func<IpAddress, CancellationToken, Task> AskNeighbor { get; init; } =
        (_, cancel) => Task.Delay(Timeout.Infinite, cancel);
}
