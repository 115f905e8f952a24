// The thread under a port loop: runs the pass again and again while there is work, looks on for as
// long as BusyPoll says, and then blocks, so that an idle switch uses no CPU. Made by the
// composition root, one per loop. A pass that throws is counted, reported and run again: no frame
// may end the forwarding of the others.

using System.Diagnostics;
using PacketSwitch.DataPlane;

namespace PacketSwitch.PacketIo;

/// <summary>Runs a loop on a thread of its own until it is stopped.</summary>
public sealed class PortLoopThread : IDisposable
{
    private static readonly TimeSpan DisposeTimeout = TimeSpan.FromSeconds(1);
    private static readonly long ErrorReportTicks = Stopwatch.Frequency;

    private readonly Func<int> _pass;
    private readonly Action<Exception> _onError;
    private readonly PortWaiter _waiter;
    private readonly Thread _thread;
    private readonly int _idleTimeoutMs;
    private readonly int? _cpu;

    // Written by: the one that stops. Read by: the loop.
    private volatile bool _isStopping;

    // Written by: the loop. Read by: any.
    private long _errors;

    private long _nextErrorReport;
    private bool _isStarted;

    /// <param name="name">The thread's name, for people and tools.</param>
    /// <param name="pass">One pass of the loop; returns how many frames it handled.</param>
    /// <param name="ports">The ports the loop receives from.</param>
    /// <param name="onError">Gets what a pass threw, on the loop's thread, at most once a second;
    /// all are counted in <see cref="Errors"/>.</param>
    /// <param name="idleTimeoutMs">The longest sleep between two passes, in milliseconds.</param>
    /// <param name="cpu">The processor to stay on; null leaves it to the scheduler.</param>
    public PortLoopThread(
        string name,
        Func<int> pass,
        IReadOnlyList<IPacketPort> ports,
        Action<Exception> onError,
        int idleTimeoutMs = IoLimits.IdleTimeoutMs,
        int? cpu = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(idleTimeoutMs);
        _pass = pass;
        _onError = onError;
        _idleTimeoutMs = idleTimeoutMs;
        _cpu = cpu;
        _waiter = new PortWaiter(ports);
        _thread = new Thread(Run) { Name = name, IsBackground = true };
    }

    /// <summary>Passes that threw.</summary>
    public long Errors => Volatile.Read(ref _errors);

    /// <summary>Starts the loop.</summary>
    public void Start()
    {
        _isStarted = true;
        _thread.Start();
    }

    /// <summary>Has the loop run a pass soon, from any thread; cheap while it is busy.</summary>
    public void Wake() => _waiter.Wake();

    /// <summary>Has the loop end after its present pass, without waiting for it.</summary>
    public void BeginStop()
    {
        _isStopping = true;
        _waiter.Wake();
    }

    /// <summary>True when the loop was never started, or has ended.</summary>
    public bool HasEnded => !_isStarted || !_thread.IsAlive;

    /// <summary>Ends the loop after its present pass; false when it did not end in time.</summary>
    public bool Stop(TimeSpan timeout)
    {
        BeginStop();
        return !_isStarted || _thread.Join(timeout);
    }

    /// <summary>Stops the loop; a pass that never returns keeps its descriptor until the process
    /// ends.</summary>
    public void Dispose()
    {
        if (Stop(DisposeTimeout)) _waiter.Dispose();
    }

    private void Run()
    {
        TakePlace();
        var poll = default(BusyPoll);
        while (!_isStopping)
        {
            if (RunPass() > 0)
            {
                if (poll.IsPaused) poll.EndPause(Stopwatch.GetTimestamp());
                _waiter.NoteWork();
                continue;
            }
            long now = Stopwatch.GetTimestamp();
            if (!poll.ShouldLookAgain(now))
            {
                _waiter.Wait(_idleTimeoutMs);
                continue;
            }
            Thread.Yield();
            poll.GaveUp(now, Stopwatch.GetTimestamp());
        }
    }

    private void TakePlace()
    {
        ThreadPlace.AskForSlice(IoLimits.LoopSliceNanoseconds);
        if (_cpu is { } cpu && !ThreadPlace.TryPin(cpu))
        {
            Tell(new IOException($"it may not run on processor {cpu} and stays where it is"));
        }
    }

    private int RunPass()
    {
        try
        {
            return _pass();
        }
        catch (Exception error)
        {
            Report(error);
            return 0;
        }
    }

    private void Report(Exception error)
    {
        Volatile.Write(ref _errors, _errors + 1);
        long now = Stopwatch.GetTimestamp();
        if (_errors > 1 && now < _nextErrorReport) return;
        _nextErrorReport = now + ErrorReportTicks;
        Tell(error);
    }

    private void Tell(Exception error)
    {
        try
        {
            _onError(error);
        }
        catch (Exception)
        {
            // The log itself failed; the loop goes on, and the count tells.
        }
    }
}
