// A message from the control plane to a loop: a frame to send, or a session to end. Slots of a loop's command queue.

namespace PacketSwitch.DataPlane;

/// <summary>What a command does.</summary>
public enum CommandKind : byte
{
    /// <summary>Send <see cref="LoopCommand.Frame"/> on <see cref="LoopCommand.Port"/> (-1: on every port).</summary>
    Send,

    /// <summary>End an IPv4 session, if it is still the one that is meant.</summary>
    EndSession4,

    /// <summary>The same for IPv6.</summary>
    EndSession6,
}

/// <summary>One command. The frame's array belongs to the loop from commit on.</summary>
public struct LoopCommand
{
    public CommandKind Kind;
    public int Port;
    public byte[] Frame;

    /// <summary>The slot of a session to end.</summary>
    public int Session;

    /// <summary>The tick it was opened at, and the hash of its client's key: what tells it from the slot's next owner.</summary>
    public uint OpenedAt;
    public ulong KeyHash;
}
