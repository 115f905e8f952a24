// Asks the kernel whether this process may open packet sockets, before SharpPcap tries and throws.

using System.Runtime.InteropServices;

namespace PacketSwitch.PacketIo;

/// <summary>The permission that live ports need.</summary>
internal static class RawSocketPermission
{
    /// <summary>Null when packet sockets may be opened, else what to do.</summary>
    public static PortProblem? Check(int portId, string interfaceName)
    {
        int probe = ProbeSocket.Open();
        if (probe >= 0)
        {
            ProbeSocket.Close(probe);
            return null;
        }
        return Marshal.GetLastPInvokeError() is LibC.ErrorPermission or LibC.ErrorAccess
            ? Refused(portId, interfaceName, Environment.ProcessPath ?? "packetswitch")
            : new PortProblem($"port {portId}: interface {interfaceName} cannot be opened: "
                + Marshal.GetLastPInvokeErrorMessage(), PortProblem.Unavailable);
    }

    /// <summary>The line for a process without CAP_NET_RAW.</summary>
    internal static PortProblem Refused(int portId, string interfaceName, string program) => new(
        $"port {portId}: no permission to open interface {interfaceName}; run with sudo, or once: "
            + $"sudo setcap cap_net_raw,cap_net_admin=eip {program}",
        PortProblem.Unavailable);
}
