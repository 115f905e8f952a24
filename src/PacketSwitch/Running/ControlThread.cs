// The control plane's one thread: sleeps until a loop has a message or a timer is due, then runs it. Wake may be called by any thread and is cheap while
// the thread is awake.

using System.Diagnostics;
using PacketSwitch.Control;

namespace PacketSwitch.Running;

/// <summary>Runs a control plane.</summary>
internal sealed class ControlThread : IDisposable
{
    private const int LongestSleepMs = 1_000;

    private readonly ControlPlane _control;
    private readonly Action<Exception> _onError;
    private readonly AutoResetEvent _wake = new(false);
    private readonly Thread _thread;
    private int _isWoken; // Written by: any loop (sets), this thread (clears).
    private volatile bool _isStopping;

    public ControlThread(ControlPlane control, Action<Exception> onError)
    {
        _control = control;
        _onError = onError;
        control.Mailbox.Wake = Wake;
        _thread = new Thread(Run) { Name = "control", IsBackground = true };
    }

    /// <summary>Nanoseconds of the switch's clock, which does not go back.</summary>
    public static long Now() => (long)(Stopwatch.GetTimestamp() * (1_000_000_000.0 / Stopwatch.Frequency));

    public void Start() => _thread.Start();

    /// <summary>A message waits.</summary>
    public void Wake()
    {
        if (Interlocked.Exchange(ref _isWoken, 1) == 0)
        {
            _wake.Set();
        }
    }

    /// <summary>Has the thread end after what it does now.</summary>
    public void AskToStop()
    {
        _isStopping = true;
        _wake.Set();
    }

    /// <summary>Ends the thread; false when it did not end in time.</summary>
    public bool Stop(TimeSpan timeout)
    {
        AskToStop();
        return !_thread.IsAlive || _thread.Join(timeout);
    }

    public void Dispose() => Stop(TimeSpan.FromMilliseconds(LongestSleepMs));

    private void Run()
    {
        while (!_isStopping)
        {
            try
            {
                // Cleared before the queues are read: a message that comes after wakes again.
                Interlocked.Exchange(ref _isWoken, 0);
                _control.RunOnce(Now());
            }
            catch (Exception e)
            {
                _onError(e);
            }
            long sleepMs = Math.Max((_control.NextDueNs - Now()) / 1_000_000, 0) + 1;
            _wake.WaitOne((int)Math.Min(sleepMs, LongestSleepMs));
        }
    }
}
