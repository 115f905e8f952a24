// The log's lines: readable, with their event's id, and bounded in time per event.

using Microsoft.Extensions.Logging;
using PacketSwitch.Running;
using Xunit;

namespace PacketSwitch.Tests.Running;

public sealed class LineLoggerTests
{
    private readonly StringWriter _lines = new() { NewLine = "\n" };
    private readonly ManualTime _time = new();
    private readonly LineLogger _logger;

    public LineLoggerTests() => _logger = new LineLogger(_lines, _time);

    [Fact]
    public void A_line_has_time_event_id_level_and_message()
    {
        Log(204, "port 2: interface port2 is down");

        Assert.Matches(@"^\d\d:\d\d:\d\d\.\d\d\d \[204\] warning: port 2: interface port2 is down\n$", _lines.ToString());
    }

    [Fact]
    public void Lines_of_one_event_are_bounded_and_what_was_left_out_is_said()
    {
        for (int i = 0; i < 1_000; i++)
            Log(102, "a bad message");
        Log(204, "another event goes on");
        _time.Seconds += LineLogger.WindowSeconds;
        Log(102, "a bad message");

        string[] lines = _lines.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(LineLogger.MostLines + 1 + 2, lines.Length);
        Assert.EndsWith($"[102] warning: {1_000 - LineLogger.MostLines} more lines of this kind were left out", lines[^2], StringComparison.Ordinal);
    }

    private void Log(int id, string message)
        => _logger.Log(LogLevel.Warning, new EventId(id), message, null, (text, _) => text);

    private sealed class ManualTime : TimeProvider
    {
        public long Seconds { get; set; } = 1;

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => Seconds;
    }
}
