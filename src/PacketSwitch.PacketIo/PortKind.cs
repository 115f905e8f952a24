// The backends a port may have on a live interface.

namespace PacketSwitch.PacketIo;

/// <summary>What <c>--io</c> chooses.</summary>
public enum PortKind
{
    /// <summary>The best one available here.</summary>
    Auto,

    /// <summary>SharpPcap and libpcap.</summary>
    Pcap,

    /// <summary>The kernel's packet ring with offload metadata.</summary>
    Ring,
}
