// The pages of `top`, one key each.

namespace PacketSwitch.Top;

/// <summary>What the middle of the screen shows.</summary>
internal enum TopPage
{
    /// <summary>Real servers by virtual service, and events.</summary>
    Reals,
    Virts,
    Sessions,
    Drops,

    /// <summary>How a flow to what was chosen would go now.</summary>
    Explain,

    /// <summary>What becomes of frames, as it happens.</summary>
    Observe,
}
