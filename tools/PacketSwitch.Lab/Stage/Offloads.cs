// Turns a host's checksum and segmentation offloads off, as `ethtool -K eth0 tx off tso off gso
// off` does, by the same ioctl, so that the lab needs no ethtool. With offloads off, all frames are
// complete and none is longer than the MTU; with them on, the switch meets unfinished checksums and
// super-frames as it would between virtual machines.
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;

namespace PacketSwitch.Lab.Stage;

internal static unsafe partial class Offloads
{
    // linux/sockios.h, linux/ethtool.h.
    private const nuint SiocEthtool = 0x8946;
    private const uint SetTransmitChecksum = 0x17;
    private const uint SetTcpSegmentation = 0x1f;
    private const uint SetGenericSegmentation = 0x24;
    private const int LongestInterfaceName = 15;

    [StructLayout(LayoutKind.Sequential)]
    private struct EthtoolValue
    {
        public uint Command;
        public uint Value;
    }

    // struct ifreq: 16 bytes of name, then a union of 24 bytes, here a pointer.
    [StructLayout(LayoutKind.Sequential, Size = 40)]
    private struct InterfaceRequest
    {
        public fixed byte Name[16];
        public EthtoolValue* Data;
    }

    public static void TurnOff(string inNamespace, string networkInterface) =>
        NetworkNamespace.Run(inNamespace, () =>
        {
            using var socket = new Socket(
                AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            TurnOff(socket, networkInterface, SetTcpSegmentation);
            TurnOff(socket, networkInterface, SetGenericSegmentation);
            TurnOff(socket, networkInterface, SetTransmitChecksum);
        });

    private static void TurnOff(Socket socket, string networkInterface, uint command)
    {
        var request = default(InterfaceRequest);
        if (networkInterface.Length > LongestInterfaceName)
            throw new LabException($"'{networkInterface}' is too long a name");
        Encoding.ASCII.GetBytes(
            networkInterface, new Span<byte>(request.Name, LongestInterfaceName));
        var setting = new EthtoolValue { Command = command, Value = 0 };
        request.Data = &setting;
        if (Ioctl((int)socket.Handle, SiocEthtool, &request) == 0) return;
        throw new LabException($"cannot turn off the offloads of {networkInterface}: "
            + Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError()));
    }

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Ioctl(int descriptor, nuint request, InterfaceRequest* argument);
}
