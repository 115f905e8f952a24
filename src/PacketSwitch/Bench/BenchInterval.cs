// One printed line of `packetswitch bench`: about a second of engine time. Made by EngineMeasurement.

namespace PacketSwitch.Bench;

/// <summary>What happened within an interval of a phase.</summary>
/// <param name="Opens">True when every frame opened a session.</param>
/// <param name="FromNs">Engine time of the phase at its start.</param>
/// <param name="ToNs">Engine time of the phase at its end.</param>
/// <param name="Frames">Frames forwarded.</param>
/// <param name="Sessions">Sessions opened.</param>
/// <param name="Drops">Frames dropped.</param>
/// <param name="Collections">Garbage collections of any generation.</param>
public readonly record struct BenchInterval(
    bool Opens, long FromNs, long ToNs, long Frames, long Sessions, long Drops, int Collections);
