// Asks the kernel by rtnetlink(7) which interface another one is a member of (a bridge, a bond):
// no ioctl tells it, and sysfs answers for another namespace. Used by InterfaceReport.

using System.Runtime.InteropServices;

namespace PacketSwitch.PacketIo;

/// <summary>The master of an interface.</summary>
internal static unsafe class LinkMaster
{
    private const int NetlinkFamily = 16;
    private const int RouteProtocol = 0;
    private const ushort GetLink = 18;
    private const ushort NewLink = 16;
    private const ushort Request = 1;
    private const int HeaderBytes = 16;
    private const int LinkBytes = 16;
    private const int AttributeHeaderBytes = 4;
    private const ushort MasterAttribute = 10;
    private const int AnswerBytes = 32 << 10;

    /// <summary>False when the interface has no master, or the kernel does not say.</summary>
    public static bool TryFind(int interfaceIndex, out int masterIndex)
    {
        masterIndex = 0;
        int socket = LibC.socket(
            NetlinkFamily, LibC.SocketRaw | LibC.CloseOnExec, RouteProtocol);
        if (socket < 0) return false;
        try
        {
            Span<byte> request = stackalloc byte[HeaderBytes + LinkBytes];
            request.Clear();
            MemoryMarshal.Write(request, HeaderBytes + LinkBytes);
            MemoryMarshal.Write(request[4..], GetLink);
            MemoryMarshal.Write(request[6..], Request);
            MemoryMarshal.Write(request[(HeaderBytes + 4)..], interfaceIndex);
            byte[] answer = new byte[AnswerBytes];
            fixed (byte* asked = request)
            fixed (byte* told = answer)
            {
                if (LibC.write(socket, asked, (nuint)request.Length) != request.Length) return false;
                nint length = LibC.read(socket, told, AnswerBytes);
                return length > HeaderBytes + LinkBytes
                    && TryReadMaster(answer.AsSpan(0, (int)length), out masterIndex);
            }
        }
        finally
        {
            _ = LibC.close(socket);
        }
    }

    // One message: its header, struct ifinfomsg, then attributes, each padded to four bytes.
    private static bool TryReadMaster(ReadOnlySpan<byte> answer, out int masterIndex)
    {
        masterIndex = 0;
        if (MemoryMarshal.Read<ushort>(answer[4..]) != NewLink) return false;
        ReadOnlySpan<byte> rest = answer[(HeaderBytes + LinkBytes)..];
        while (rest.Length >= AttributeHeaderBytes)
        {
            int length = MemoryMarshal.Read<ushort>(rest);
            if (length < AttributeHeaderBytes || length > rest.Length) return false;
            if (MemoryMarshal.Read<ushort>(rest[2..]) == MasterAttribute
                && length >= AttributeHeaderBytes + sizeof(int))
            {
                masterIndex = MemoryMarshal.Read<int>(rest[AttributeHeaderBytes..]);
                return masterIndex != 0;
            }
            rest = rest[Math.Min((length + 3) & ~3, rest.Length)..];
        }
        return false;
    }
}
