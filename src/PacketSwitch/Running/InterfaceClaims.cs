// Keeps two switches of one machine from receiving on the same interface, where both would answer
// and forward every frame: run claims its interfaces before it opens them. A claim is a Unix socket
// with an abstract name, which the kernel keeps per network namespace, as it does interfaces, and
// frees with the process, however that ends.

using System.Net.Sockets;
using PacketSwitch.Control.Config;
using PacketSwitch.PacketIo;

namespace PacketSwitch.Running;

/// <summary>The interfaces that this process has for itself.</summary>
internal sealed class InterfaceClaims : IDisposable
{
    private readonly List<Socket> _claims = [];

    /// <summary>Claims the interface of every port; false when another switch has one.</summary>
    public bool TryTake(IEnumerable<PortConfig> ports, out PortProblem? problem)
    {
        foreach (PortConfig port in ports)
        {
            if (!TryTake(port.Interface))
            {
                problem = new PortProblem(
                    $"port {port.Id}: interface {port.Interface} is another running switch's; "
                    + "stop that one first, or name another interface", PortProblem.Environment);
                return false;
            }
        }
        problem = null;
        return true;
    }

    public void Dispose() => _claims.ForEach(claim => claim.Dispose());

    private bool TryTake(string name)
    {
        var claim = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            claim.Bind(new UnixDomainSocketEndPoint("\0packetswitch/interface/" + name));
        }
        catch (SocketException error)
        {
            claim.Dispose();
            // Where such sockets may not be made, the switch runs without the claim.
            return error.SocketErrorCode != SocketError.AddressAlreadyInUse;
        }
        _claims.Add(claim);
        return true;
    }
}
