// Finds half-open sessions that may make room in a nearly full table: the oldest of a window that moves around the table, so that the cost is bounded
// and the age is nearly the greatest. Used by SessionOpener.

using PacketSwitch.Wire;

namespace PacketSwitch.DataPlane;

/// <summary>Looks for half-open sessions. One per loop and family.</summary>
internal sealed class HalfOpenReaper<TAddress>(SessionTable<TAddress> table)
    where TAddress : unmanaged, IIpAddress<TAddress>
{
    // Slots that are kept free for what retired sessions still occupy until every loop has moved on.
    private readonly int _reserve = Math.Max(
        table.Capacity / 32, Math.Min(4 * Limits.BurstFrames, table.Capacity / 2));
    private int _position;

    /// <summary>True when so few slots are free that half-open sessions must go.</summary>
    public bool IsCrowded => table.Count > table.Capacity - _reserve;

    /// <summary>The oldest half-open session of the next window, or -1.</summary>
    public int FindOldest(uint now)
    {
        int oldest = -1;
        uint oldestAge = 0;
        int used = table.Used;
        for (int i = 0; i < Math.Min(Limits.EvictionWindow, used); i++)
        {
            _position = _position + 1 < used ? _position + 1 : 0;
            ref SessionState state = ref table.State(_position);
            bool halfOpen = state.Stage is TcpStage.HalfOpen or TcpStage.SynReceived;
            if (!halfOpen || state.Phase != (int)SessionPhase.Live)
            {
                continue;
            }
            uint age = SessionTable<TAddress>.Age(state.OpenedAt, now);
            if (oldest < 0 || age > oldestAge)
            {
                oldest = _position;
                oldestAge = age;
            }
        }
        return oldest;
    }
}
