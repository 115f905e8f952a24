// How many frames the switch may make itself: a burst at once, and so many a second in the long run
// (Limits). Used by Responder, once per burst and frame it makes.

namespace PacketSwitch.DataPlane;

/// <summary>A bucket of tokens that fills with time.</summary>
internal struct TokenBucket
{
    private const long NanosecondsPerToken = 1_000_000_000 / Limits.OriginatedPerSecond;

    private long _refilledNs;

    /// <summary>A bucket with all its tokens.</summary>
    public static TokenBucket Full => new() { Tokens = Limits.OriginatedBurst };

    /// <summary>Frames that may be made now.</summary>
    public long Tokens { get; private set; }

    /// <summary>Adds what the time since the last call has earned.</summary>
    public void Refill(long nowNs)
    {
        long earned = (nowNs - _refilledNs) / NanosecondsPerToken;
        if (earned > 0)
        {
            Tokens = Math.Min(Tokens + earned, Limits.OriginatedBurst);
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
