// How many frames a second a watch may look at: a bucket of tokens that fills with time, with the
// rate as a parameter. Used by FrameWatch.

namespace PacketSwitch.DataPlane;

/// <summary>A bucket of tokens, full at first.</summary>
internal struct RateBound(int perSecond, int burst)
{
    private readonly long _nsPerToken = Math.Max(1, 1_000_000_000L / perSecond);
    private long _refilledNs;

    /// <summary>Frames that may be looked at now.</summary>
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
