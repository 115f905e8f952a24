// A message from the control plane to a loop: a frame to send, or a session to end. Slots of a loop's command queue.

namespace PacketSwitch.DataPlane;

/// <summary>What a command does.</summary>
public enum CommandKind : byte
{
    /// <summary>Send <see cref="LoopCommand.Frame"/> on <see cref="LoopCommand.Port"/> (-1: on every port).</summary>
    Send,
}

/// <summary>One command. The frame's array belongs to the loop from commit on.</summary>
public struct LoopCommand
{
    public CommandKind Kind;
    public int Port;
    public byte[] Frame;
}
