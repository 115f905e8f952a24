// What a session's frames may expect of its real server. Part of the snapshot, by real server number.

namespace PacketSwitch.DataPlane;

/// <summary>The state of a real server as its sessions see it (ALTEON.md section 5).</summary>
public enum RealState : byte
{
    /// <summary>Its sessions live, whether or not new ones are given to it.</summary>
    Serving,

    /// <summary>Failed with <c>grace ena</c>: TCP sessions are kept, UDP sessions move.</summary>
    FailedKept,

    /// <summary>Failed, disabled or deleted: TCP sessions end, UDP sessions move.</summary>
    Gone,
}
