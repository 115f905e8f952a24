// When a frame was last sent without a session because the table was full. Written by: any loop
// that does so. Read by: any loop that gets an answer, or a later segment, of such a flow. A tick
// is one word: whichever loop wrote last is near enough.

namespace PacketSwitch.DataPlane;

/// <summary>Whether there may be flows without a session.</summary>
public sealed class StatelessUse
{
    private static readonly uint RecentTicks = Ticks.FromSeconds(Limits.StatelessSeconds);

    private uint _lastTick; // 0: never.

    /// <summary>A frame goes without a session.</summary>
    public void Note(uint now) => Volatile.Write(ref _lastTick, now | 1);

    /// <summary>True while flows without a session may be alive.</summary>
    public bool IsRecent(uint now)
    {
        uint last = Volatile.Read(ref _lastTick);
        return last != 0 && (int)(now - last) <= (int)RecentTicks;
    }
}
