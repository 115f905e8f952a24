// The dashboard's stream (server-sent events): the minutes that have been, then a sample and the
// status each second, and every event as it happens.

using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using PacketSwitch.Api;
using PacketSwitch.Control.Events;
using PacketSwitch.Reports;

namespace PacketSwitch.Web;

/// <summary>The live stream.</summary>
internal static class LiveRoutes
{
    private const int FirstEvents = 200;
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(15);

    public static void Map(ApiRoutes routes, LiveSampler sampler, EventJournal journal)
        => routes.Read("/v1/live", context => Stream(context, sampler, journal));

    private static async Task Stream(HttpContext context, LiveSampler sampler, EventJournal journal)
    {
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-cache";
        (LiveSample[] samples, string status, Task moreSamples) = sampler.After(0);
        SwitchEvent[] events = [.. journal.After(0, out Task moreEvents).TakeLast(FirstEvents)];
        string history = JsonSerializer.Serialize(samples, WebJson.Default.LiveSampleArray);
        await Send(context, $"event: history\ndata: {history}\n\n{Text([], status, events)}");
        double seen = samples.Length == 0 ? 0 : samples[^1].T;
        long number = events.Length == 0 ? 0 : events[^1].Number;
        while (!context.RequestAborted.IsCancellationRequested)
        {
            await Task.WhenAny(moreSamples, moreEvents, Task.Delay(Silence,
                context.RequestAborted));
            (samples, status, moreSamples) = sampler.After(seen);
            events = [.. journal.After(number, out moreEvents)];
            seen = samples.Length == 0 ? seen : samples[^1].T;
            number = events.Length == 0 ? number : events[^1].Number;
            await Send(context, Text(samples, samples.Length == 0 ? "" : status, events));
        }
    }

    private static string Text(LiveSample[] samples, string status, SwitchEvent[] events)
    {
        var text = new StringBuilder();
        foreach (LiveSample sample in samples)
        {
            string row = JsonSerializer.Serialize(sample, WebJson.Default.LiveSample);
            text.Append(CultureInfo.InvariantCulture, $"event: sample\ndata: {row}\n\n");
        }
        if (status.Length > 0)
            text.Append(CultureInfo.InvariantCulture, $"event: status\ndata: {status}\n\n");
        foreach (SwitchEvent one in events)
        {
            string row = JsonSerializer.Serialize(EventRoutes.Row(one),
                ReportJson.Readable.EventRow);
            text.Append(CultureInfo.InvariantCulture,
                $"event: happened\nid: {one.Number}\ndata: {row}\n\n");
        }
        return text.Length == 0 ? ":\n\n" : text.ToString();
    }

    private static async Task Send(HttpContext context, string text)
    {
        await context.Response.WriteAsync(text, context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
    }
}
