// Remembers what the control plane warned of: it catches what a message throws, and a test must
// know. Used by TestSwitch.

using Microsoft.Extensions.Logging;

namespace PacketSwitch.Tests.DataPlane;

internal sealed class WarningLog : ILogger
{
    // Events of the network, of which a person is told; all others speak of a fault of the switch.
    private const int PortsShareSegment = 105;

    /// <summary>The first warning or error that tells of a fault, null while there is none.</summary>
    public string? First { get; private set; }

    /// <summary>Warnings and errors, of faults or not.</summary>
    public int Count { get; private set; }

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel level) => level >= LogLevel.Warning;

    public void Log<TState>(
        LogLevel level, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(level))
        {
            Count++;
            First ??= eventId.Id == PortsShareSegment ? null : formatter(state, exception);
        }
    }
}
