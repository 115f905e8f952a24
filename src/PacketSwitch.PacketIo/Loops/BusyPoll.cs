// Whether a loop without frames looks again or sleeps. The answer to a frame, or the next one of a
// stream, often comes sooner than a sleeping thread wakes; so a loop whose frames follow each other
// closely keeps looking, and one whose frames are far apart sleeps. Owned by PortLoopThread, used
// by its thread.
//
// How long it looks grows when the last pause would have been covered by looking longer, and
// shrinks when it would not (as KVM's halt polling does). Each look gives the processor up; when
// that takes long, another program wanted it: then there is no looking for a while, because that
// program may be a client or a server on this machine.

using System.Diagnostics;

namespace PacketSwitch.PacketIo;

/// <summary>Decides, from the pauses between frames, how long a loop looks before it
/// sleeps.</summary>
internal struct BusyPoll
{
    private static readonly long LeastTicks = Ticks(IoLimits.LeastPollMicroseconds);
    private static readonly long MostTicks = Ticks(IoLimits.MostPollMicroseconds);
    private static readonly long TakenTicks = Ticks(IoLimits.TakenMicroseconds);
    private static readonly long RestTicks = Ticks(IoLimits.PollRestMicroseconds);

    private long _pauseBegan;
    private long _restsUntil;

    /// <summary>Ticks of <see cref="Stopwatch"/> that it looks at present.</summary>
    public long Window { get; private set; }

    /// <summary>Whether the last pass, or the one before the pause, found frames.</summary>
    public readonly bool IsPaused => _pauseBegan != 0;

    /// <summary>A pass found nothing: true when the loop should look again, false when it should
    /// sleep.</summary>
    public bool ShouldLookAgain(long now)
    {
        if (_pauseBegan == 0) _pauseBegan = now;
        return now - _pauseBegan < Window;
    }

    /// <summary>The processor was given up between two looks, from one time to the
    /// other.</summary>
    public void GaveUp(long from, long to)
    {
        if (to - from < TakenTicks) return;
        Window = 0;
        _restsUntil = to + RestTicks;
    }

    /// <summary>A pass found frames after a pause.</summary>
    public void EndPause(long now)
    {
        long pause = now - _pauseBegan;
        _pauseBegan = 0;
        if (pause <= Window) return;
        if (pause > MostTicks) Window = Window / 2 >= LeastTicks ? Window / 2 : 0;
        else if (now >= _restsUntil) Window = Math.Clamp(2 * Window, LeastTicks, MostTicks);
    }

    private static long Ticks(long microseconds) => Stopwatch.Frequency * microseconds / 1_000_000;
}
