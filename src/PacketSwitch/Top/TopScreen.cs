// Draws `top`: the model as lines of a given width and height. Knows no terminal, so that a pipe
// gets the same picture and tests can read it.

using System.Globalization;
using PacketSwitch.Reports;
using PacketSwitch.Text;
using Spectre.Console;

namespace PacketSwitch.Top;

/// <summary>The picture.</summary>
internal static class TopScreen
{
    private const int LeastEvents = 3;

    private static readonly Style Strong = new(decoration: Decoration.Bold);
    private static readonly Style Soft = new(Color.Grey);
    private static readonly Style Good = new(Color.Green);
    private static readonly Style Warn = new(Color.Yellow);
    private static readonly Style Bad = new(Color.Red, decoration: Decoration.Bold);
    private static readonly Style Chart = new(Color.Blue);

    /// <summary>At most <paramref name="height"/> lines; what does not fit is left out from the
    /// lists, not from the frame.</summary>
    public static List<TopLine> Draw(TopModel model, int width, int height)
    {
        var lines = new List<TopLine> { Head(model), Charts(model, width) };
        int room = Math.Max(0, height - lines.Count - 1);
        List<TopLine> page = model.Page switch
        {
            TopPage.Virts => [.. Table(StatusText.Virts(model.Status.Virts).ToString())],
            TopPage.Sessions => [.. SessionLines(model)],
            TopPage.Drops => [.. DropLines(model)],
            TopPage.Explain => [.. TopExplanation.Lines(model.Answer, model.Problem, width)],
            TopPage.Observe => [.. TopObservation.Lines(model.Verdicts, width, room)],
            _ => [.. RealLines(model, width)],
        };
        int least = model.Page is TopPage.Explain or TopPage.Observe ? 0 : LeastEvents;
        int events = Math.Min(model.Events.Count, Math.Max(least, room - page.Count - 1));
        int forPage = Math.Max(0, room - (events == 0 ? 0 : events + 1));
        int chosen = Mark(model, page);
        lines.AddRange(Cut(page, forPage, chosen));
        if (events > 0)
        {
            lines.Add(TopLine.Of(" EVENTS", Strong));
            lines.AddRange(model.Events.Reverse().Take(events).Select(Event));
        }
        lines = [.. lines.Take(height - 1)];
        while (lines.Count < height - 1)
            lines.Add(new TopLine());
        lines.Add(Keys(model));
        return lines;
    }

    private static TopLine Head(TopModel model)
    {
        StatusReport status = model.Status;
        string name = status.Name.Length == 0 ? "PacketSwitch" : status.Name;
        TopLine line = TopLine.Of($" {name}", Strong).Add($"  up {DurationText.Of(status.UptimeS)}")
            .Add($"  in {Rate(model.FramesPerSecond)} pps {Bits(model.BitsPerSecond)}")
            .Add($"  sessions {NumberText.Of(status.Sessions.Current)} (high "
                + $"{NumberText.Of(model.Highest)})")
            .Add("  drops ").Add($"{Rate(model.DropsPerSecond)}/s", model.DropsPerSecond > 0 ? Warn
                : Good);
        return status.Problems.Count == 0 ? line : line.Add($"  {status.Problems.Count} wrong",
            Bad);
    }

    private static TopLine Charts(TopModel model, int width)
    {
        int each = Math.Max(8, (width - 34) / 2);
        return TopLine.Of(" pps ", Soft).Add(Sparkline.Of(model.Frames, each),
            Chart).Add($" {Rate(model.FramesPerSecond),-7}", Strong)
            .Add("  new/s ", Soft).Add(Sparkline.Of(model.NewSessions, each),
                Chart).Add($" {Rate(model.NewPerSecond)}", Strong);
    }

    private static IEnumerable<TopLine> RealLines(TopModel model, int width)
    {
        foreach (TopTarget target in TopTarget.On(TopPage.Reals, model.Status))
        {
            if (target.Real is { } real)
            {
                double all = TopTarget.Members(model.Status, target.Service)
                    .Sum(each => (double)each.Pps);
                yield return Real(real, all, width);
                continue;
            }
            (VirtStatus virt, ServiceStatus service) = (target.Virt, target.Service);
            yield return TopLine.Of($" VIRT {virt.Id} {virt.Name} ", Strong)
                .Add($"{StatusText.EndPoint(virt.Vip, service.Port)}/{service.Proto}  "
                    + $"{service.Metric}  ")
                .Add($"{service.State} {service.RealsUp}/{service.Reals}",
                    StyleOf(service.State));
        }
    }

    // A '>' at the chosen line; its place on the page, or -1 where nothing can be chosen.
    private static int Mark(TopModel model, List<TopLine> page)
    {
        if (model.Selected < 0 || model.Targets.Count == 0)
            return -1;
        int heads = model.Page == TopPage.Virts ? 1 : 0;
        int line = heads + Math.Min(model.Selected, model.Targets.Count - 1);
        page[line] = page[line].Marked();
        return line;
    }

    private static TopLine Real(RealStatus real, double all, int width)
    {
        double share = all <= 0 ? 0 : real.Pps / all;
        (string full, string rest) = Sparkline.Bar(share, Math.Clamp(width - 66, 8, 36));
        string name = real.Name.Length == 0 ? real.Rip : real.Name;
        bool failed = real.State == "failed";
        return TopLine.Of(string.Create(CultureInfo.InvariantCulture,
            $" {real.Id,3} {Clip(name, 10),-10} "))
            .Add($"{(failed ? "FAILED" : real.State),-9}", StyleOf(real.State))
            .Add(full, failed ? Bad : Chart).Add(failed ? rest.Replace('░', '·') : rest, Soft)
            .Add(string.Create(CultureInfo.InvariantCulture, $" {100 * share,5:0.0} %"))
            .Add($" {NumberText.Of(real.Sessions.Current),6} cur {Rate(real.Pps),8} pps  ")
            .Add(Check(real), failed ? Bad : Soft);
    }

    private static string Check(RealStatus real) => real.State == "failed"
        ? $"{real.Check.Result} {real.Check.Info} {DurationText.Of(real.SinceS)}".Trim()
        : real.Check.Ms > 0 ? string.Create(CultureInfo.InvariantCulture, $"{real.Check.Ms:0.0} ms")
            : real.Check.Type;

    private static IEnumerable<TopLine> DropLines(TopModel model)
    {
        yield return TopLine.Of(" DROPPED                      packets       /s  meaning", Strong);
        DropStats[] occurred =
        [
            .. model.Stats.Maint.Drops.Where(drop => drop.Packets > 0)
                .OrderByDescending(drop => drop.Pps).ThenByDescending(drop => drop.Packets),
        ];
        foreach (DropStats drop in occurred)
        {
            yield return TopLine.Of($" {Clip(drop.Reason, 24),-24} "
                + $"{NumberText.Of(drop.Packets),11} ")
                .Add($"{NumberText.Of(drop.Pps),8}", drop.Pps > 0 ? Warn
                    : Style.Plain).Add($"  {drop.Meaning}", Soft);
        }
        if (occurred.Length == 0)
            yield return TopLine.Of(" nothing was dropped", Good);
    }

    private static IEnumerable<TopLine> SessionLines(TopModel model)
        => model.Sessions is { } sessions ? Table(SessionsText.Of(sessions))
            : [TopLine.Of(" one moment", Soft)];

    private static IEnumerable<TopLine> Table(string text)
    {
        string[] lines = text.TrimEnd().Split('\n');
        return lines.Select((line, i) => TopLine.Of($" {line}", i == 0 ? Strong : Style.Plain));
    }

    private static TopLine Event(EventRow row)
    {
        string time = DateTimeOffset.TryParse(row.Time, CultureInfo.InvariantCulture,
            out DateTimeOffset at)
            ? at.ToLocalTime().ToString("HH:mm:ss", CultureInfo.InvariantCulture) : row.Time;
        Style style = row.Kind.Contains("fail", StringComparison.Ordinal) ? Bad : Style.Plain;
        return TopLine.Of($"   {time} ", Soft).Add(row.Message, style);
    }

    private static TopLine Keys(TopModel model)
        => TopLine.Of(" [v]irts [r]eals [s]essions [d]rops [o]bserve [e]xplain [space] ", Soft)
            .Add(model.IsPaused ? "go on" : "pause", model.IsPaused ? Warn : Soft).Add(" [q]uit",
                Soft)
            .Add(model.Status.Problems.Count > 0 ? $"   {model.Status.Problems[0]}" : "", Bad);

    // The lines that fit, and among them the chosen one.
    private static List<TopLine> Cut(List<TopLine> lines, int room, int chosen)
    {
        if (lines.Count <= room || room == 0)
            return [.. lines.Take(room)];
        int first = Math.Clamp(chosen - room + 2, 0, lines.Count - room);
        int left = lines.Count - first - room + 1;
        return left <= 1 ? [.. lines.Skip(first).Take(room)]
            : [.. lines.Skip(first).Take(room - 1), TopLine.Of($" ... {left} more", Soft)];
    }

    private static Style StyleOf(string state) => state switch
    {
        "up" => Good,
        "failed" or "down" => Bad,
        "disabled" or "standby" => Soft,
        _ => Warn,
    };

    private static string Clip(string text, int width) => text.Length <= width ? text
        : text[..width];

    private static string Rate(double value) => NumberText.Of((long)Math.Round(value));

    private static string Bits(double value) => value switch
    {
        >= 1e9 => string.Create(CultureInfo.InvariantCulture, $"{value / 1e9:0.0} Gb/s"),
        >= 1e6 => string.Create(CultureInfo.InvariantCulture, $"{value / 1e6:0.0} Mb/s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{value / 1e3:0} kb/s"),
    };
}
