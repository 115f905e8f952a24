// Opens interfaces through the kernel's packet ring. Used by LiveInterface for RingPort, and by PortFactory to learn
// whether the ring is there.

using System.Runtime.InteropServices;

namespace PacketSwitch.PacketIo;

/// <summary>The backend of <see cref="RingPort"/>.</summary>
internal sealed class RingBackend : PortBackend
{
    public static readonly RingBackend Instance = new();

    public override bool KeepsGro => true;

    /// <summary>Why there is no packet ring on this machine; null where it works.</summary>
    public static string? FindObstacle()
    {
        int probe = ProbeSocket.Open();
        if (probe < 0)
        {
            // A missing permission is told with the port and its interface.
            return Marshal.GetLastPInvokeError() is LibC.ErrorPermission or LibC.ErrorAccess
                ? null
                : "socket: " + Marshal.GetLastPInvokeErrorMessage();
        }
        string? why = RingSetup.SetModes(probe);
        ProbeSocket.Close(probe);
        return why;
    }

    public override PortProblem? Check() =>
        FindObstacle() is { } obstacle
            ? new PortProblem(
                $"the packet ring is not available here ({obstacle})",
                PortProblem.Unavailable)
            : null;

    public override PortHandle? Open(
        LivePortOptions options, in InterfaceState state, bool mayBeGlued, out string? why)
    {
        if (state.IsEthernet)
        {
            return RingHandle.Open(state.Index, options, state.Mtu, out why);
        }
        why = NotEthernet;
        return null;
    }

    // A frame longer than a slot is not cut: it comes through the socket's queue.
    public override bool IsOutgrown(
        PortHandle handle, LivePortOptions options, in InterfaceState state) => false;
}
