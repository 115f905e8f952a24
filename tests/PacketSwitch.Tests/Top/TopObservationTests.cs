// The page of `top` that observes, as lines: newest first, never wider than the screen, a heading
// with what was seen and what was not.

using System.Globalization;
using PacketSwitch.Reports;
using PacketSwitch.Top;
using Spectre.Console.Rendering;
using Xunit;

namespace PacketSwitch.Tests.Top;

public sealed class TopObservationTests
{
    [Theory]
    [InlineData(80, " 22:47:13 8>1    fwd  new            192.0.2.101:41022 > 192.0.2.2:80 tcp S")]
    [InlineData(100, " 22:47:13.104 8>1    fwd  new            192.0.2.101:41022 > 192.0.2.2:80 "
        + "tcp S 74 bytes  real 2 ")]
    public void A_frame_is_one_line_of_the_screens_width(int width, string start)
    {
        const string Packet = "192.0.2.101:41022 > 192.0.2.2:80 tcp S 74 bytes";
        ObserveRow plain = Row("transmit", "new", Packet);
        ObserveRow row = plain with { Real = 2, RealName = "web2-in-the-second-room", Out = [1] };

        string[] lines = Drawn(Verdicts(row), width, room: 10);

        Assert.StartsWith(
            " OBSERVED 1, not observed 7 (at most 50/s of each loop)  [esc] back", lines[0]);
        Assert.StartsWith(start, lines[1]);
        Assert.All(lines, line => Assert.Equal(width, line.Length));
    }

    [Fact]
    public void Every_verdict_has_its_word_and_the_switchs_own_frames_come_from_itself()
    {
        string[] lines = Drawn(
            Verdicts(
                Row("drop", "rst-out-of-window", "a"), Row("punt", "arp", "b") with { Port = 0 },
                Row("originated", "", "c") with { Port = null, Out = [1, 8] }),
            width: 80, room: 10);

        Assert.Equal(
            [
                " 22:47:13 8      DROP rst-out-of-win a", " 22:47:13 host   punt arp            b",
                " 22:47:13 self>1 own                 c",
            ], lines[1..].Select(line => line.TrimEnd()));
    }

    [Fact]
    public void No_more_lines_are_given_than_there_is_room_for()
    {
        ObserveRow[] rows = [.. Enumerable.Repeat(Row("drop", "land", "x"), TopFrames.Capacity)];

        Assert.Equal(7, Drawn(Verdicts(rows), 80, room: 7).Length);
    }

    [Fact]
    public void A_stream_that_was_refused_or_has_ended_says_so()
    {
        TopVerdicts ended = Verdicts() with { Problem = "8 watches are on already; end one" };

        Assert.Equal(" 8 watches are on already; end one", Drawn(ended, 80, 9)[1].TrimEnd());
        Assert.Equal(" no frame yet", Drawn(Verdicts(), 80, 9)[1].TrimEnd());
    }

    private static string[] Drawn(TopVerdicts verdicts, int width, int room)
    {
        TopLine[] lines = [.. TopObservation.Lines(verdicts, width, room)];
        IEnumerable<Segment> drawn = new TopRenderable(lines, width, room).Render(null!, width);
        return string.Concat(drawn.Select(segment => segment.Text)).Split('\n');
    }

    private static TopVerdicts Verdicts(params ObserveRow[] rows)
        => new(rows, new WatchFigures(rows.Length, 7, TopFrames.PerSecond), "");

    private static ObserveRow Row(string verdict, string reason, string packet) => new()
    {
        Number = 1,
        // The screen shows this machine's time of day.
        Time = new DateTime(2026, 11, 22, 22, 47, 13, 104, DateTimeKind.Local)
            .ToString("O", CultureInfo.InvariantCulture),
        Port = 8,
        Packet = packet,
        Source = "192.0.2.101",
        SourcePort = 41022,
        Destination = "192.0.2.2",
        DestinationPort = 80,
        Protocol = "tcp",
        Bytes = 74,
        Verdict = verdict,
        Reason = reason,
        Virt = null,
        VirtName = "",
        Real = null,
        RealName = "",
        Out = [],
        Waited = false,
        Why = "",
    };
}
