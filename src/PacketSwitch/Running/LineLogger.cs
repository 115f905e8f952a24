// Writes log messages as single lines for people: time, level, message. Registered by LiveSwitch; a service manager keeps the lines. The console
// package of Microsoft.Extensions.Logging starts a thread and costs start-up time for the same lines.

using Microsoft.Extensions.Logging;

namespace PacketSwitch.Running;

/// <summary>A provider of loggers that write to one text writer.</summary>
internal sealed class LineLogger(TextWriter writer) : ILoggerProvider, ILogger
{
    private readonly Lock _gate = new();

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception,
        Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel))
        {
            return;
        }
        string level = logLevel switch
        {
            LogLevel.Warning => "warning: ",
            LogLevel.Error or LogLevel.Critical => "error: ",
            _ => "",
        };
        lock (_gate)
        {
            writer.WriteLine($"{DateTime.Now:HH:mm:ss.fff} {level}{formatter(state, exception)}");
            writer.Flush();
        }
    }

    public void Dispose()
    {
    }
}
