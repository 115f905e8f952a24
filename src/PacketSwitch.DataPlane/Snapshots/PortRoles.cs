// What a port is for. Part of the snapshot.

namespace PacketSwitch.DataPlane;

/// <summary>The roles of a port; it may have both, or none.</summary>
[Flags]
public enum PortRoles : byte
{
    None = 0,

    /// <summary>Clients are here: sessions open from it.</summary>
    Client = 1,

    /// <summary>Real servers are here.</summary>
    Server = 2,

    /// <summary>The host's own stack is here: it has the switch's addresses, and the switch's MAC.</summary>
    Host = 4,
}
