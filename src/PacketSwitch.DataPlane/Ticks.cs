// The data plane's short clock: 1/64 s in 32 bits (wraps after two years; differences stay right). Session times use it.

using System.Runtime.CompilerServices;

namespace PacketSwitch.DataPlane;

/// <summary>Conversions between nanoseconds and the ticks of session times.</summary>
public static class Ticks
{
    /// <summary>Ticks in a second.</summary>
    public const uint PerSecond = 64;

    /// <summary>Nanoseconds in a tick.</summary>
    public const long Nanoseconds = 1_000_000_000 / PerSecond;

    /// <summary>The tick of a time in nanoseconds.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint At(long nowNs) => (uint)(nowNs / Nanoseconds);

    /// <summary>Ticks of a number of seconds, at most half the clock's range.</summary>
    public static uint FromSeconds(long seconds) => (uint)Math.Min(seconds * PerSecond, int.MaxValue);
}
