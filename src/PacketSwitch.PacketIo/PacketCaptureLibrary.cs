// Whether libpcap is on this machine, for doctor; ports ask by themselves when they open.

using SharpPcap;

namespace PacketSwitch.PacketIo;

/// <summary>What is known of libpcap here.</summary>
public static class PacketCaptureLibrary
{
    /// <summary>The version as libpcap says it; null with the problem when there is none.</summary>
    public static string? Version(out PortProblem? problem) =>
        LibPcapLibrary.IsAvailable(out problem) ? Pcap.Version : null;
}
