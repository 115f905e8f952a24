// Takes CAP_NET_RAW from the calling thread, and from no other (capset(2) is per thread).

using System.Runtime.InteropServices;

namespace PacketSwitch.Tests.PacketIo;

internal static unsafe partial class ThreadCapabilities
{
    private const uint Version3 = 0x20080522;
    private const int NetRaw = 13;

    public static bool TryDropRawSockets()
    {
        uint* header = stackalloc uint[2] { Version3, 0 };
        uint* sets = stackalloc uint[6];
        if (capget(header, sets) != 0) return false;
        sets[0] &= ~(1u << NetRaw);
        return capset(header, sets) == 0;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int capget(uint* header, uint* data);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int capset(uint* header, uint* data);
}
