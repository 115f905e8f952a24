// Who looks at a replay from the inside, and how far it goes. Given to both kinds of replay by explain, whatif and the replay command.

using PacketSwitch.Explain;

namespace PacketSwitch.Replay;

/// <summary>A watcher of a replay.</summary>
/// <param name="Recorder">Gets every frame with its steps; null when nobody wants them.</param>
internal sealed record ReplayWatch(StepRecorder? Recorder)
{
    /// <summary>The replay ends with this frame.</summary>
    public long LastFrame { get; init; } = long.MaxValue;

    /// <summary>The port of the switch at which every frame of a one-file replay enters, as it stands; null lets the replay decide.</summary>
    public int? InPort { get; init; }

    /// <summary>Called for every frame that enters.</summary>
    public Action? Entered { get; init; }
}
