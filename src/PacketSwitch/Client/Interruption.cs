// Ctrl-C while a client command reads a stream: the stream is closed under its reader, so that the
// command can say what it has seen and end with 130. Used by observe and capture.

using System.Runtime.InteropServices;

namespace PacketSwitch.Client;

/// <summary>Waits for SIGINT or SIGTERM until it is disposed.</summary>
internal sealed class Interruption : IDisposable
{
    /// <summary>The exit code of a command that was interrupted.</summary>
    public const int ExitCode = 130;

    private readonly List<PosixSignalRegistration> _registrations = [];
    private volatile bool _hasCome;

    /// <summary>Begins to wait; at a signal the stream is closed.</summary>
    public Interruption(Stream stream)
    {
        foreach (PosixSignal signal in (PosixSignal[])[PosixSignal.SIGINT, PosixSignal.SIGTERM])
        {
            _registrations.Add(PosixSignalRegistration.Create(signal, context =>
            {
                context.Cancel = true;
                _hasCome = true;
                stream.Dispose();
            }));
        }
    }

    /// <summary>Reads on; false at the end of the stream, whoever has brought it about.</summary>
    public bool TryRead(Func<bool> read)
    {
        try
        {
            return read() && !_hasCome;
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException
            or InvalidOperationException or OperationCanceledException)
        {
            return false;
        }
    }

    public bool HasCome => _hasCome;

    public void Dispose() => _registrations.ForEach(registration => registration.Dispose());
}
