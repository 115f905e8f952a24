// When a stream of frames ends by itself: after so many frames, or some time. Used by the routes.

using Microsoft.AspNetCore.Http;
using PacketSwitch.Api;
using PacketSwitch.Explain;

namespace PacketSwitch.Observe;

/// <summary>How much a request wants.</summary>
internal sealed class WatchEnd(HttpContext context)
{
    private const int MostSeconds = 86_400;
    private const int FiguresEveryMs = 1000;

    private readonly long _began = Environment.TickCount64;
    private readonly int? _most = RequestWords.Number(context, "count", 1, int.MaxValue);
    private readonly int? _seconds = RequestWords.Number(context, "seconds", 1, MostSeconds);
    private long _count;
    private long _figuresAt;

    public bool HasCome => _count >= _most
        || (_seconds is { } seconds && Environment.TickCount64 - _began >= seconds * 1000L);

    /// <summary>Of frames that were taken together, those that are still asked for, each with its
    /// copies.</summary>
    public List<RecordedFrame> Admit(List<RecordedFrame> frames)
    {
        if (_most is null)
            return frames;
        var admitted = new HashSet<FrameTrace>();
        return [.. frames.Where(frame => IsAdmitted(frame, admitted))];
    }

    /// <summary>True once a second.</summary>
    public bool IsFigureTime()
    {
        long now = Environment.TickCount64;
        if (now - _figuresAt < FiguresEveryMs)
            return false;
        _figuresAt = now;
        return true;
    }

    private bool IsAdmitted(RecordedFrame frame, HashSet<FrameTrace> admitted)
    {
        if (frame.IsCopy)
            return admitted.Contains(frame.Trace!);
        if (_count >= _most)
            return false;
        _count++;
        if (frame.Trace is { } trace)
            admitted.Add(trace);
        return true;
    }
}
