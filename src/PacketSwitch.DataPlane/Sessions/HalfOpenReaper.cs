// Finds half-open sessions that may make room in a nearly full table: the oldest few of a window
// that moves around the table, so that an eviction costs a look at a few slots and its victim is
// older than most. Used by SessionOpener.

using PacketSwitch.Wire;

namespace PacketSwitch.DataPlane;

/// <summary>Looks for half-open sessions. One per loop and family.</summary>
internal sealed class HalfOpenReaper<TAddress>(SessionTable<TAddress> table)
    where TAddress : unmanaged, IIpAddress<TAddress>
{
    // Slots that are kept free for what retired sessions still occupy until every loop has moved on.
    private readonly int _reserve = Math.Max(
        table.Capacity / 32, Math.Min(4 * Limits.BurstFrames, table.Capacity / 2));
    private readonly Candidate[] _candidates = new Candidate[Limits.EvictionCandidates];
    private int _candidateCount;
    private int _position;

    /// <summary>True when so few slots are free that half-open sessions must go.</summary>
    public bool IsCrowded => table.Count > table.Capacity - _reserve;

    /// <summary>A half-open session older than most, or -1 when the next window has none.</summary>
    public int FindOldest(uint now)
    {
        for (int look = 0; look < 2; look++)
        {
            while (_candidateCount > 0)
            {
                Candidate candidate = _candidates[--_candidateCount];
                ref SessionState state = ref table.State(candidate.Session);
                // Its slot may hold another session by now.
                if (IsHalfOpen(ref state) && state.OpenedAt == candidate.OpenedAt)
                {
                    return candidate.Session;
                }
            }
            LookAround(now);
        }
        return -1;
    }

    // The oldest of a window, in rising order of age: one look serves several evictions.
    private void LookAround(uint now)
    {
        int used = table.Used;
        for (int i = 0; i < Math.Min(Limits.EvictionWindow, used); i++)
        {
            _position = _position + 1 < used ? _position + 1 : 0;
            ref SessionState state = ref table.State(_position);
            if (IsHalfOpen(ref state))
            {
                Note(_position, state.OpenedAt, now);
            }
        }
    }

    private void Note(int session, uint openedAt, uint now)
    {
        uint age = SessionTable<TAddress>.Age(openedAt, now);
        int place = _candidateCount;
        if (place == _candidates.Length)
        {
            if (SessionTable<TAddress>.Age(_candidates[0].OpenedAt, now) >= age)
            {
                return;
            }
            // The youngest makes place.
            place--;
            Array.Copy(_candidates, 1, _candidates, 0, place);
        }
        else
        {
            _candidateCount++;
        }
        while (place > 0 && SessionTable<TAddress>.Age(_candidates[place - 1].OpenedAt, now) > age)
        {
            _candidates[place] = _candidates[place - 1];
            place--;
        }
        _candidates[place] = new Candidate(session, openedAt);
    }

    private static bool IsHalfOpen(ref SessionState state)
        => state.Stage is TcpStage.HalfOpen or TcpStage.SynReceived
            && state.Phase == (int)SessionPhase.Live;

    private readonly record struct Candidate(int Session, uint OpenedAt);
}
