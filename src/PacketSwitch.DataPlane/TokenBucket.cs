// How many frames may be made or looked at: a burst at once, and so many a second in the long run.
// Used by Responder for what the switch makes itself, and by FrameWatch.

namespace PacketSwitch.DataPlane;

/// <summary>A bucket of tokens that fills with time; full at first.</summary>
internal struct TokenBucket(int perSecond, int burst)
{
    private readonly long _nsPerToken = Math.Max(1, 1_000_000_000L / perSecond);
    private long _refilledNs;

    /// <summary>Frames that may be made or looked at now.</summary>
    public long Tokens { get; private set; } = burst;

    /// <summary>Adds what the time since the last call has earned.</summary>
    public void Refill(long nowNs)
    {
        long earned = (nowNs - _refilledNs) / _nsPerToken;
        if (earned > 0)
        {
            Tokens = Math.Min(Tokens + earned, burst);
            _refilledNs = nowNs;
        }
    }

    /// <summary>Takes a token; false when there is none.</summary>
    public bool TryTake()
    {
        if (Tokens <= 0)
        {
            return false;
        }
        Tokens--;
        return true;
    }
}
