// What ServerPicker has found out about a member for the session at hand.

namespace PacketSwitch.DataPlane;

/// <summary>Whether a metric may pick a member.</summary>
public enum MemberMark : byte
{
    Free,

    /// <summary>Its server was tried for this session.</summary>
    Tried,

    /// <summary>In slow start, and this session is not of its present share; free when nobody else can take it.</summary>
    Waiting,
}
