// The functions of libc that move frames, wait for them and ask about interfaces. Used by this
// project only; every one is declared here and nowhere else.

using System.Runtime.InteropServices;

namespace PacketSwitch.PacketIo;

/// <summary>Imports of libc, with the constants of Linux on x86-64 and arm64.</summary>
internal static unsafe partial class LibC
{
    private const string Name = "libc";

    internal const int AddressFamilyInet = 2;
    internal const int AddressFamilyPacket = 17;
    internal const int SocketDatagram = 2;
    internal const int SocketRaw = 3;
    internal const int CloseOnExec = 0x80000;
    internal const int NonBlocking = 0x800;

    /// <summary>SOL_SOCKET.</summary>
    internal const int SocketLevel = 1;

    internal const int SocketError = 4;
    internal const int SendBuffer = 7;
    internal const int ReceiveBuffer = 8;

    /// <summary>SO_SNDBUFFORCE: beyond the system's bound, with CAP_NET_ADMIN.</summary>
    internal const int SendBufferForce = 32;

    /// <summary>SO_RCVBUFFORCE.</summary>
    internal const int ReceiveBufferForce = 33;

    /// <summary>SO_ATTACH_BPF.</summary>
    internal const int AttachProgram = 50;

    internal const int ProtectReadWrite = 3;
    internal const int MapShared = 1;
    internal const nint MapFailed = -1;

    /// <summary>MSG_DONTWAIT.</summary>
    internal const int DoNotWait = 0x40;

    internal const short PollIn = 1;
    internal const short PollOut = 4;

    internal const int ErrorPermission = 1;
    internal const int ErrorInterrupted = 4;
    internal const int ErrorNoDeviceOrAddress = 6;
    internal const int ErrorTryAgain = 11;
    internal const int ErrorAccess = 13;
    internal const int ErrorNoDevice = 19;
    internal const int ErrorNetworkDown = 100;
    internal const int ErrorNoBuffers = 105;

    [LibraryImport(Name, SetLastError = true)]
    internal static partial int socket(int domain, int type, int protocol);

    [LibraryImport(Name, SetLastError = true)]
    internal static partial int close(int descriptor);

    [LibraryImport(Name, SetLastError = true)]
    internal static partial int setsockopt(
        int descriptor, int level, int option, void* value, uint length);

    [LibraryImport(Name, SetLastError = true)]
    internal static partial int getsockopt(
        int descriptor, int level, int option, void* value, uint* length);

    [LibraryImport(Name, SetLastError = true)]
    internal static partial int bind(int descriptor, void* address, uint length);

    [LibraryImport(Name, SetLastError = true)]
    internal static partial nint mmap(
        void* address, nuint length, int protection, int flags, int descriptor, long offset);

    [LibraryImport(Name, SetLastError = true)]
    internal static partial int munmap(void* address, nuint length);

    [LibraryImport(Name, SetLastError = true)]
    internal static partial int ioctl(int descriptor, nuint request, void* argument);

    [LibraryImport(Name, SetLastError = true)]
    internal static partial int poll(PollEntry* entries, nuint count, int timeoutMs);

    [LibraryImport(Name, SetLastError = true)]
    internal static partial int eventfd(uint initial, int flags);

    [LibraryImport(Name, SetLastError = true)]
    internal static partial nint read(int descriptor, void* buffer, nuint length);

    [LibraryImport(Name, SetLastError = true)]
    internal static partial nint write(int descriptor, void* buffer, nuint length);

    [LibraryImport(Name, SetLastError = true)]
    internal static partial int sendmmsg(
        int descriptor, MessageEntry* messages, uint count, int flags);

    [LibraryImport(Name, SetLastError = true)]
    internal static partial int recvmmsg(
        int descriptor, MessageEntry* messages, uint count, int flags, void* timeout);

    [LibraryImport(Name, SetLastError = true)]
    internal static partial nint syscall(
        nint number, nint first, void* second, nint third, nint fourth);

    [LibraryImport(Name, SetLastError = true)]
    internal static partial int sched_setaffinity(int thread, nuint length, void* mask);
}
