// Sends IP packets whose addresses are whatever their bytes say, as an attacker does: a raw socket of one family, to which the caller
// gives whole packets from the IP header on. Used by the programs flood and forge.
using System.Net;
using System.Net.Sockets;

namespace PacketSwitch.Lab.Stage;

internal sealed class RawSender : IDisposable
{
    /// <summary>Bytes of the Ethernet header that FrameWriter writes and the kernel makes itself here.</summary>
    public const int EthernetBytes = 14;

    private readonly Socket _socket;
    private readonly SocketAddress _target;

    public RawSender(IPAddress target)
    {
        _socket = new Socket(target.AddressFamily, SocketType.Raw, ProtocolType.Raw);
        // For IPv6 the port of a raw socket must be 0.
        _target = new IPEndPoint(target, 0).Serialize();
    }

    /// <summary>Sends a packet; its destination is the sender's target.</summary>
    /// <returns>False when the kernel had no room for it.</returns>
    public bool TrySend(ReadOnlySpan<byte> packet)
    {
        try
        {
            return _socket.SendTo(packet, SocketFlags.None, _target) == packet.Length;
        }
        catch (SocketException exception) when (
            exception.SocketErrorCode is SocketError.NoBufferSpaceAvailable)
        {
            return false;
        }
    }

    public void Dispose() => _socket.Dispose();
}
