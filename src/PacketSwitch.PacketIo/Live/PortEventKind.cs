// What happened to a port's interface.

namespace PacketSwitch.PacketIo;

/// <summary>Kinds of <see cref="PortEvent"/>.</summary>
public enum PortEventKind
{
    /// <summary>The interface carries frames (again).</summary>
    Up,

    /// <summary>The interface is there and carries nothing.</summary>
    Down,

    /// <summary>The interface was deleted or renamed.</summary>
    Gone,

    /// <summary>Something a person should know that stops nothing.</summary>
    Note,
}
