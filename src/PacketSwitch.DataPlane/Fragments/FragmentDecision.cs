// What becomes of the fragments of a datagram, once its first one has said so. Part of Datagram.

namespace PacketSwitch.DataPlane;

/// <summary>The decision about a divided datagram.</summary>
public enum FragmentDecision : byte
{
    /// <summary>The first fragment has not come: the others wait.</summary>
    Waiting,

    /// <summary>The fragments belong to a session.</summary>
    Session,

    /// <summary>The fragments are not balanced: bridged or routed like any such frame.</summary>
    Unbalanced,

    /// <summary>The fragments are dropped, each with the datagram's reason.</summary>
    Drop,
}
