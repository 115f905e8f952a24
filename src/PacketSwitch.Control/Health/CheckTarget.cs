// What a check is told, and what it answers. Made by CheckRun for each check; plain data.

using System.Net;
using PacketSwitch.Wire;

namespace PacketSwitch.Control.Health;

/// <summary>Who is asked, and from where.</summary>
/// <param name="EndPoint">The address and port that is asked.</param>
/// <param name="Source">The address to ask from; null leaves it to the host's routes.</param>
/// <param name="Mark">The firewall mark that leads to the server though the address is the VIP; 0 for none.</param>
/// <param name="Content">What is asked for.</param>
/// <param name="Timeout">The most that the check may take.</param>
/// <param name="Rip">The real server's address.</param>
/// <param name="AskNeighbor">Asks for the address's MAC by the switch's own frames; ends when the answer came.</param>
internal sealed record CheckTarget(
    IPEndPoint EndPoint, IPAddress? Source, int Mark, string Content, TimeSpan Timeout, IpAddress Rip,
    Func<IpAddress, CancellationToken, Task> AskNeighbor);

/// <summary>What came of it.</summary>
internal readonly record struct CheckAnswer(HealthStatus Status, string Detail = "");
