// The functions of libpcap that SharpPcap does not offer, or offers too slowly (RAWIO.md sections
// 1.1, 1.5 and 8.2). Called on the handle of a device that SharpPcap opened, while that handle is
// held.

using System.Runtime.InteropServices;

namespace PacketSwitch.PacketIo;

/// <summary>Imports of libpcap.</summary>
internal static unsafe partial class LibPcap
{
    /// <summary>PCAP_D_IN.</summary>
    internal const int DirectionIn = 1;

    /// <summary>
    /// Calls <paramref name="callback"/> for up to <paramref name="count"/> waiting frames. Returns
    /// how many, or less than 0 when the interface failed or the loop was broken.
    /// </summary>
    [LibraryImport(LibPcapLibrary.Name)]
    internal static partial int pcap_dispatch(
        nint pcap,
        int count,
        delegate* unmanaged[Cdecl]<nint, byte*, byte*, void> callback,
        nint user);

    /// <summary>Keeps frames of the other direction from the callback.</summary>
    [LibraryImport(LibPcapLibrary.Name)]
    internal static partial int pcap_setdirection(nint pcap, int direction);

    /// <summary>The packet socket behind the handle.</summary>
    [LibraryImport(LibPcapLibrary.Name)]
    internal static partial int pcap_get_selectable_fd(nint pcap);

    /// <summary>Fills received, dropped by the full ring, dropped by the interface; 32 bits
    /// each.</summary>
    [LibraryImport(LibPcapLibrary.Name)]
    internal static partial int pcap_stats(nint pcap, PcapStatistics* statistics);

    /// <summary>The text of the handle's last error, owned by libpcap.</summary>
    [LibraryImport(LibPcapLibrary.Name)]
    internal static partial byte* pcap_geterr(nint pcap);
}
