// Waits until the process is told to end: SIGTERM, SIGINT (Ctrl-C) or SIGQUIT. Used by the run command.

using System.Runtime.InteropServices;

namespace PacketSwitch.Running;

/// <summary>The signals that end a running switch.</summary>
internal sealed class StopSignals : IDisposable
{
    private readonly ManualResetEventSlim _told = new();
    private readonly List<PosixSignalRegistration> _registrations = [];

    public StopSignals()
    {
        foreach (PosixSignal signal in (PosixSignal[])[PosixSignal.SIGTERM, PosixSignal.SIGINT, PosixSignal.SIGQUIT])
        {
            _registrations.Add(PosixSignalRegistration.Create(signal, context =>
            {
                context.Cancel = true;
                _told.Set();
            }));
        }
    }

    /// <summary>Returns when a signal has come.</summary>
    public void Wait() => _told.Wait();

    /// <summary>The same, for a time; true when a signal has come.</summary>
    public bool Wait(TimeSpan most) => _told.Wait(most);

    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations)
        {
            registration.Dispose();
        }
        _told.Dispose();
    }
}
