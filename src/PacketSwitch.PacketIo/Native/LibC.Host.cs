// The functions and constants of libc that the host port needs beside those of LibC.cs: the TAP device and netlink.

using System.Runtime.InteropServices;

namespace PacketSwitch.PacketIo;

internal static unsafe partial class LibC
{
    internal const int AddressFamilyInet6 = 10;
    internal const int AddressFamilyNetlink = 16;

    internal const int OpenReadWrite = 2;
    internal const int OpenNonBlocking = 0x800;
    internal const int OpenCloseOnExec = 0x80000;

    internal const int ErrorNoEntry = 2;
    internal const int ErrorExists = 17;

    [LibraryImport(Name, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int open(string path, int flags);

    [LibraryImport(Name, SetLastError = true)]
    internal static partial uint if_nametoindex(byte* name);
}
