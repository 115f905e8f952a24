// Remembers that the control plane warned: it catches what a message throws, and a test must know. Used by TestSwitch.

using Microsoft.Extensions.Logging;

namespace PacketSwitch.Tests.DataPlane;

internal sealed class WarningLog : ILogger
{
    /// <summary>The first warning or error, null while there is none.</summary>
    public string? First { get; private set; }

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel level) => level >= LogLevel.Warning;

    public void Log<TState>(
        LogLevel level, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(level))
        {
            First ??= formatter(state, exception);
        }
    }
}
