// Asks the kernel about network interfaces by ioctl, and sets their offloads. Used by LivePort and
// its supervisor. The socket belongs to the network namespace of the thread that made it, so the
// answers do too, whichever thread asks (sysfs would answer for the namespace it was mounted in).

using System.Runtime.InteropServices;
using System.Text;
using PacketSwitch.Wire;

namespace PacketSwitch.PacketIo;

/// <summary>A view of the interfaces of one network namespace. Every method is safe on any
/// thread.</summary>
internal sealed unsafe class InterfaceProbe : IDisposable
{
    private const nuint GetName = 0x8910;
    private const nuint GetFlags = 0x8913;
    private const nuint GetMtu = 0x8921;
    private const nuint GetHardwareAddress = 0x8927;
    private const nuint GetIndex = 0x8933;
    private const nuint Ethtool = 0x8946;
    private const uint EthtoolGetDriver = 3;
    private const short FlagUp = 0x1;
    private const short FlagRunning = 0x40;

    // ARPHRD_ETHER, and ARPHRD_LOOPBACK, which has the same header.
    private const ushort EthernetFamily = 1;
    private const ushort LoopbackFamily = 772;

    private int _socket = LibC.socket(
        LibC.AddressFamilyInet, LibC.SocketDatagram | LibC.CloseOnExec, 0);

    /// <summary>Reads an interface; false when there is none of that name.</summary>
    public bool TryRead(string name, out InterfaceState state)
    {
        state = default;
        if (!TryAsk(name, GetIndex, out InterfaceRequest index)) return false;
        if (!TryAsk(name, GetFlags, out InterfaceRequest flags)) return false;
        if (!TryAsk(name, GetMtu, out InterfaceRequest mtu)) return false;
        if (!TryAsk(name, GetHardwareAddress, out InterfaceRequest address)) return false;
        ulong hardwareAddress = 0;
        for (int i = 0; i < 6; i++)
        {
            hardwareAddress = (hardwareAddress << 8) | address.HardwareAddress[i];
        }
        state = new InterfaceState(
            index.Number,
            (flags.Flags & FlagUp) != 0,
            (flags.Flags & FlagRunning) != 0,
            mtu.Number,
            new MacAddress(hardwareAddress),
            address.Family is EthernetFamily or LoopbackFamily);
        return true;
    }

    /// <summary>The present name of an interface; false when it is gone.</summary>
    public bool TryGetName(int index, out string name)
    {
        InterfaceRequest request = default;
        request.Number = index;
        name = string.Empty;
        if (LibC.ioctl(_socket, GetName, &request) != 0) return false;
        name = Marshal.PtrToStringUTF8((nint)request.Name) ?? string.Empty;
        return true;
    }

    /// <summary>The driver behind an interface; false where it tells none.</summary>
    public bool TryGetDriver(string name, out string driver)
    {
        EthtoolDriverInfo info = default;
        info.Command = EthtoolGetDriver;
        bool told = TryEthtool(name, &info);
        driver = told ? Marshal.PtrToStringUTF8((nint)info.Driver) ?? string.Empty : string.Empty;
        return told;
    }

    /// <summary>Carries out an ethtool command that gives a number.</summary>
    public bool TryGetValue(string name, uint command, out uint value)
    {
        var argument = new EthtoolValue { Command = command };
        bool told = TryEthtool(name, &argument);
        value = argument.Value;
        return told;
    }

    /// <summary>Carries out an ethtool command that takes a number.</summary>
    public bool TrySetValue(string name, uint command, uint value)
    {
        var argument = new EthtoolValue { Command = command, Value = value };
        return TryEthtool(name, &argument);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        int socket = Interlocked.Exchange(ref _socket, -1);
        if (socket >= 0) _ = LibC.close(socket);
    }

    private bool TryEthtool(string name, void* argument)
    {
        if (!TryMakeRequest(name, out InterfaceRequest request)) return false;
        request.Data = argument;
        return LibC.ioctl(_socket, Ethtool, &request) == 0;
    }

    private bool TryAsk(string name, nuint question, out InterfaceRequest answer)
    {
        if (!TryMakeRequest(name, out answer)) return false;
        fixed (InterfaceRequest* request = &answer)
        {
            return LibC.ioctl(_socket, question, request) == 0;
        }
    }

    private static bool TryMakeRequest(string name, out InterfaceRequest request)
    {
        request = default;
        int length = Encoding.UTF8.GetByteCount(name);
        if (length is 0 or >= InterfaceRequest.NameBytes) return false;
        fixed (byte* bytes = request.Name)
        {
            Encoding.UTF8.GetBytes(name, new Span<byte>(bytes, InterfaceRequest.NameBytes));
        }
        return true;
    }
}
