// How an interface stands, as LiveInterface last saw it.

namespace PacketSwitch.PacketIo;

/// <summary>The states of a live port's interface.</summary>
internal enum LinkStatus
{
    /// <summary>Not looked at yet.</summary>
    Unknown,

    /// <summary>Open and ready to carry frames.</summary>
    Up,

    /// <summary>Enabled, but the other end is not.</summary>
    NoCarrier,

    /// <summary>Not enabled by an administrator.</summary>
    Disabled,

    /// <summary>Enabled, but it cannot be opened.</summary>
    Unopened,

    /// <summary>No interface has the name.</summary>
    Gone,
}
