// Routes of the event journal: what happened, and a stream of what happens (server-sent events).

using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using PacketSwitch.Control.Events;
using PacketSwitch.Reports;

namespace PacketSwitch.Api;

/// <summary>Events.</summary>
internal static class EventRoutes
{
    // A comment now and then tells a client that has gone, and keeps what is between alive.
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(15);

    public static void Map(ApiRoutes routes, EventJournal journal)
    {
        routes.Read("/v1/events", context => List(context, journal));
        routes.Read("/v1/events/stream", context => Stream(context, journal));
    }

    /// <summary>An event as a row.</summary>
    public static EventRow Row(SwitchEvent one) => new(
        one.Number, one.Time.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture), one.Kind, one.Object, one.Message);

    private static Task List(HttpContext context, EventJournal journal)
    {
        IReadOnlyList<SwitchEvent> events = Since(context, journal, out long last);
        return Answer.Report(
            context, new EventsReport(last, [.. events.Select(Row)]), ReportJson.Readable.EventsReport);
    }

    private static IReadOnlyList<SwitchEvent> Since(HttpContext context, EventJournal journal, out long last)
    {
        int after = RequestWords.Number(context, "after", 0, int.MaxValue) ?? 0;
        TimeSpan? since = RequestWords.Duration(context, "since");
        IReadOnlyList<SwitchEvent> events = journal.After(after, out _);
        last = events.Count == 0 ? after : events[^1].Number;
        return since is null ? events : [.. events.Where(one => DateTimeOffset.UtcNow - one.Time <= since)];
    }

    private static async Task Stream(HttpContext context, EventJournal journal)
    {
        Since(context, journal, out long last);
        long seen = RequestWords.Number(context, "after", 0, int.MaxValue) ?? last;
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-cache";
        await context.Response.WriteAsync(": events\n\n", context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
        while (!context.RequestAborted.IsCancellationRequested)
        {
            var text = new StringBuilder();
            IReadOnlyList<SwitchEvent> fresh = journal.After(seen, out Task more);
            foreach (SwitchEvent one in fresh)
            {
                seen = one.Number;
                string row = JsonSerializer.Serialize(Row(one), ReportJson.Readable.EventRow);
                text.Append(CultureInfo.InvariantCulture, $"id: {one.Number}\ndata: {row}\n\n");
            }
            if (text.Length == 0)
            {
                await Task.WhenAny(more, Task.Delay(Silence, context.RequestAborted));
                text.Append(more.IsCompleted ? "" : ":\n\n");
            }
            await context.Response.WriteAsync(text.ToString(), context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
        }
    }
}
