// What became of a line of another tool's configuration.

namespace PacketSwitch.Control.Import;

/// <summary>How much of a line is in the new configuration.</summary>
public enum ImportKind
{
    /// <summary>It means the same here.</summary>
    Imported,

    /// <summary>It is there, and means something slightly else; the note says what.</summary>
    Approximated,

    /// <summary>It is not there; the note says why.</summary>
    Ignored,
}
