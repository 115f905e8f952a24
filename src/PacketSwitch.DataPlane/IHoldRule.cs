// Says when a held frame may go. A struct type argument of HoldQueue, so that asking costs no
// interface call.

namespace PacketSwitch.DataPlane;

/// <summary>What frames of a <see cref="HoldQueue"/> wait for.</summary>
public interface IHoldRule
{
    /// <summary>Why frames whose time is up are dropped.</summary>
    DropReason TooLate { get; }

    /// <summary>True when what the holder's frames wait for has come.</summary>
    bool IsDue(int holder);

    /// <summary>The last frame of the holder was taken out.</summary>
    void Emptied(int holder);
}
