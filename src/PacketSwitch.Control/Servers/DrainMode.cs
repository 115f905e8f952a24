// What an operator has ordered for a real server that runs (/oper/slb, ALTEON.md section 5).

namespace PacketSwitch.Control.Servers;

/// <summary>Whether a real server takes new sessions.</summary>
public enum DrainMode
{
    /// <summary>It does.</summary>
    None,

    /// <summary>Mode p: only those of clients that are bound to it.</summary>
    Persistent,

    /// <summary>Mode n: none; its sessions live on.</summary>
    NoNew,

    /// <summary>Out at once: its sessions end as those of a failed server do.</summary>
    Out,
}
