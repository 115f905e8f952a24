// Writes log messages as single lines for people: time, event id, level, message. Registered by LiveSwitch; a service manager keeps the lines, and
// where it is systemd's journal they carry their priority. Lines of one event are bounded in time, so that nobody outside can fill a disk. The
// console package of Microsoft.Extensions.Logging starts a thread and costs start-up time for the same lines.

using Microsoft.Extensions.Logging;

namespace PacketSwitch.Running;

/// <summary>A provider of loggers that write to one text writer.</summary>
internal sealed class LineLogger(TextWriter writer, TimeProvider? time = null) : ILoggerProvider, ILogger
{
    /// <summary>Lines of one event in a window of <see cref="WindowSeconds"/>; what is above is counted and said in the next window.</summary>
    public const int MostLines = 30;

    public const int WindowSeconds = 10;

    private readonly Lock _gate = new();
    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private readonly Dictionary<int, Window> _windows = [];
    private readonly bool _isJournal = Environment.GetEnvironmentVariable("JOURNAL_STREAM") is { Length: > 0 };

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
        lock (_gate)
        {
            if (!IsAllowed(eventId.Id, out int leftOut))
            {
                return;
            }
            if (leftOut > 0)
            {
                Write(LogLevel.Warning, eventId.Id, $"{leftOut} more lines of this kind were left out");
            }
            Write(logLevel, eventId.Id, formatter(state, exception));
            writer.Flush();
        }
    }

    public void Dispose()
    {
    }

    // "<4>" and the like is how the journal is told a priority (sd-daemon(3)); it adds the time itself.
    private void Write(LogLevel level, int id, string message)
    {
        (string word, int priority) = level switch
        {
            LogLevel.Warning => ("warning: ", 4),
            LogLevel.Error or LogLevel.Critical => ("error: ", 3),
            _ => ("", 6),
        };
        string head = _isJournal ? $"<{priority}>" : $"{_time.GetLocalNow():HH:mm:ss.fff} ";
        writer.WriteLine($"{head}[{id}] {word}{message}");
    }

    private bool IsAllowed(int id, out int leftOut)
    {
        long now = _time.GetTimestamp();
        leftOut = 0;
        if (!_windows.TryGetValue(id, out Window? window))
        {
            _windows[id] = window = new Window { Started = now };
        }
        else if (_time.GetElapsedTime(window.Started, now).TotalSeconds >= WindowSeconds)
        {
            leftOut = window.Lines - MostLines;
            _windows[id] = window = new Window { Started = now };
        }
        return ++window.Lines <= MostLines;
    }

    private sealed class Window
    {
        public required long Started { get; init; }

        public int Lines { get; set; }
    }
}
