// Sessions of each real server, and whose turn it is in each group: the mutable facts that metrics look at. Shared by all loops;
// changed once per session, by interlocked operations, each value right by itself.

namespace PacketSwitch.DataPlane;

/// <summary>Session counts by real server number, turns by group number.</summary>
public sealed class RealLoads
{
    private readonly int[] _current = new int[Limits.MaxIdentifier];
    private readonly long[] _total = new long[Limits.MaxIdentifier];
    private readonly int[] _highest = new int[Limits.MaxIdentifier];
    private readonly int[] _turns = new int[Limits.MaxIdentifier];

    /// <summary>Sessions of a real server in the tables.</summary>
    public int Current(int real) => Volatile.Read(ref _current[real]);

    /// <summary>Sessions of a real server since the start.</summary>
    public long Total(int real) => Volatile.Read(ref _total[real]);

    /// <summary>The most sessions a real server had at once.</summary>
    public int Highest(int real) => Volatile.Read(ref _highest[real]);

    /// <summary>A session of the real server was opened.</summary>
    public void Opened(int real)
    {
        int current = Interlocked.Increment(ref _current[real]);
        Interlocked.Increment(ref _total[real]);
        int highest = Volatile.Read(ref _highest[real]);
        while (current > highest)
        {
            int seen = Interlocked.CompareExchange(ref _highest[real], current, highest);
            if (seen == highest)
            {
                return;
            }
            highest = seen;
        }
    }

    /// <summary>A session of the real server ended.</summary>
    public void Ended(int real) => Interlocked.Decrement(ref _current[real]);

    /// <summary>The group's next turn, counting from 0; wraps.</summary>
    public uint NextTurn(int group) => (uint)Interlocked.Increment(ref _turns[group]) - 1;
}
