// Sessions of each real server, and whose turn it is in each group: the mutable facts that metrics look at. Shared by all loops;
// changed once per session, by interlocked operations, each value right by itself.
//
// A session's place at its server is reserved before the session can be found and given back after it has gone: the count is the
// sessions in the tables and those about to be, never less, and never above the server's maximum.

namespace PacketSwitch.DataPlane;

/// <summary>Session counts by real server number, turns by group number.</summary>
public sealed class RealLoads
{
    private readonly int[] _current = new int[Limits.MaxIdentifier];
    private readonly long[] _total = new long[Limits.MaxIdentifier];
    private readonly int[] _highest = new int[Limits.MaxIdentifier];
    private readonly int[] _turns = new int[Limits.MaxIdentifier];
    private readonly int[] _refused = new int[Limits.MaxIdentifier];

    /// <summary>Sessions of a real server in the tables.</summary>
    public int Current(int real) => Volatile.Read(ref _current[real]);

    /// <summary>Sessions of a real server since the start.</summary>
    public long Total(int real) => Volatile.Read(ref _total[real]);

    /// <summary>The most sessions a real server had at once.</summary>
    public int Highest(int real) => Volatile.Read(ref _highest[real]);

    /// <summary>True when the real server can take one more session.</summary>
    public bool HasRoom(RealServer real) => real.MaxConnections == 0 || Current(real.Id) < real.MaxConnections;

    /// <summary>Reserves a place for a session; false when the real server is full.</summary>
    public bool TryReserve(RealServer real)
    {
        int most = real.MaxConnections == 0 ? int.MaxValue : real.MaxConnections;
        int seen = Volatile.Read(ref _current[real.Id]);
        while (seen < most)
        {
            int found = Interlocked.CompareExchange(ref _current[real.Id], seen + 1, seen);
            if (found == seen)
            {
                return true;
            }
            seen = found;
        }
        return false;
    }

    /// <summary>The session whose place was reserved is in the table.</summary>
    public void Took(int real)
    {
        Interlocked.Increment(ref _total[real]);
        int current = Volatile.Read(ref _current[real]);
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

    /// <summary>A session of the real server was opened without a reservation (a direct connection).</summary>
    public void Opened(int real)
    {
        Interlocked.Increment(ref _current[real]);
        Took(real);
    }

    /// <summary>A session of the real server ended, or its reservation was not used.</summary>
    public void Ended(int real) => Interlocked.Decrement(ref _current[real]);

    /// <summary>Takes over another switch's counts, for a throw-away view of it; that one is only read.</summary>
    public void CopyFrom(RealLoads other)
    {
        other._current.CopyTo(_current, 0);
        other._total.CopyTo(_total, 0);
        other._highest.CopyTo(_highest, 0);
        other._turns.CopyTo(_turns, 0);
        other._refused.CopyTo(_refused, 0);
    }

    /// <summary>A real server has refused a SYN. Returns how many it has refused in a row.</summary>
    public int Refused(int real) => Interlocked.Increment(ref _refused[real]);

    /// <summary>A real server has accepted a SYN.</summary>
    public void Accepted(int real)
    {
        if (Volatile.Read(ref _refused[real]) != 0)
        {
            Volatile.Write(ref _refused[real], 0);
        }
    }

    /// <summary>The group's next turn, counting from 0; wraps.</summary>
    public uint NextTurn(int group) => (uint)Interlocked.Increment(ref _turns[group]) - 1;
}
