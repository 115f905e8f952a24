// What a port knows of checksums that the sender left to the hardware, and of super-frames
// (ARCHITECTURE section 5). Said by the port, used by Classifier and the transmit stage.

namespace PacketSwitch.DataPlane;

/// <summary>How a port tells unfinished checksums and super-frames.</summary>
public enum OffloadSupport : byte
{
    /// <summary>Every received checksum is taken as complete, and sent frames must be complete (files, tests).</summary>
    None,

    /// <summary>Nothing is told: an unfinished checksum is recognised by its value; sent frames must be
    /// complete and no longer than the MTU (libpcap).</summary>
    ByValue,

    /// <summary>Metadata comes with each received frame and is passed on with each sent one (vnet header).</summary>
    Metadata,
}
