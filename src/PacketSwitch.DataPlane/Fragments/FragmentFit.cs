// How a fragment fits to those of its datagram that came before. The answer of
// FragmentTable.Record.

namespace PacketSwitch.DataPlane;

/// <summary>The relation of a fragment to its datagram.</summary>
public enum FragmentFit
{
    /// <summary>It fills a gap.</summary>
    New,

    /// <summary>A fragment with the same bounds has come before.</summary>
    Duplicate,

    /// <summary>It covers bytes that another fragment has (RFC 5722).</summary>
    Overlap,

    /// <summary>It lies behind the datagram's end, or says that the end is elsewhere.</summary>
    WrongEnd,

    /// <summary>The datagram has too many fragments.</summary>
    TooMany,
}
