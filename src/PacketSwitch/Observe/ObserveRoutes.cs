// Frames as they go through the switch: rows for `observe` (server-sent events), an annotated
// capture for `capture`. On the control sockets. A client that does not read lets its watch's ring
// run full, which is counted and costs the data path nothing.

using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using PacketSwitch.Api;
using PacketSwitch.DataPlane;
using PacketSwitch.Explain;
using PacketSwitch.Replay;
using PacketSwitch.Reports;

namespace PacketSwitch.Observe;

/// <summary>Live frames.</summary>
internal static class ObserveRoutes
{
    private const string NotPermitted =
        "a capture holds what clients and servers say to each other and needs admin.sock (run the "
        + "command as the switch's user or root)";

    private const int ObservePerSecond = 1_000;
    private const int CapturePerSecond = 10_000;
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Busy = TimeSpan.FromMilliseconds(2);

    public static void Map(ApiRoutes routes, ControlApi api)
    {
        routes.Read("/v1/observe", context => Observe(context, api));
        routes.Read("/v1/capture", context => Capture(context, api));
    }

    private static async Task Observe(HttpContext context, ControlApi api)
    {
        WatchRule rule = WatchWords.Read(context, api.View, ObservePerSecond);
        var end = new WatchEnd(context);
        using LiveWatch watch = Open(api, rule);
        Begin(context, "text/event-stream");
        WatchFigures? told = null;
        var names = new LiveNames(api.View);
        bool isLast = false;
        while (!isLast)
        {
            var text = new StringBuilder();
            if (names.Config != api.Config.Running)
                names = new LiveNames(api.View);
            foreach (RecordedFrame frame in end.Admit(watch.Take()))
            {
                if (ObserveRows.Of(frame, names) is { } row)
                    Append(text, "frame", JsonSerializer.Serialize(row,
                        ReportJson.Readable.ObserveRow));
            }
            var figures = new WatchFigures(watch.Observed, watch.NotObserved, rule.PerSecond);
            isLast = end.HasCome;
            if (isLast || (figures != told && (text.Length > 0 || end.IsFigureTime())))
            {
                Append(text, "figures", JsonSerializer.Serialize(figures,
                    ReportJson.Readable.WatchFigures));
                told = figures;
            }
            await Send(context, Encoding.UTF8.GetBytes(text.ToString()), isLast);
        }
    }

    // Rows tell of headers; a capture holds what the frames say, and everybody may use ro.sock.
    private static async Task Capture(HttpContext context, ControlApi api)
    {
        if (ControlServer.IsReader(context))
            throw new RefusedException(StatusCodes.Status403Forbidden, NotPermitted);
        WatchRule rule = WatchWords.Read(context, api.View, CapturePerSecond);
        var end = new WatchEnd(context);
        var names = new LiveNames(api.View);
        using LiveWatch watch = Open(api, rule);
        Begin(context, "application/x-pcapng");
        using var bytes = new MemoryStream();
        using var capture = AnnotatedCapture.To(
            bytes, names.Config, api.Config.File, names.Interfaces, names.Brief);
        bool isLast = false;
        while (!isLast)
        {
            foreach (RecordedFrame frame in end.Admit(watch.Take()))
                capture.Add(frame);
            isLast = end.HasCome;
            if (isLast || end.IsFigureTime())
            {
                for (int port = 0; port < api.View.Ports.Count; port++)
                {
                    (long observed, long missed) = watch.At(port);
                    capture.AddStatistics(port, watch.NowNs, observed, missed);
                }
            }
            await Send(context, bytes.ToArray(), isLast);
            bytes.SetLength(0);
        }
    }

    private static LiveWatch Open(ControlApi api, WatchRule rule)
        => api.Watches.TryOpen(rule) ?? throw new RefusedException(
            StatusCodes.Status503ServiceUnavailable,
            $"{Limits.Watches} watches (observe, capture, dashboard) are on already; end one");

    private static void Begin(HttpContext context, string type)
    {
        context.Response.ContentType = type;
        context.Response.Headers.CacheControl = "no-cache";
        // A pager that is read slowly is no attack: the ring is what is bounded.
        if (context.Features.Get<IHttpMinResponseDataRateFeature>() is { } rate)
            rate.MinDataRate = null;
    }

    private static void Append(StringBuilder text, string name, string data)
        => text.Append(CultureInfo.InvariantCulture, $"event: {name}\ndata: {data}\n\n");

    // The first answer goes out at once, so that a client knows that the watch is on.
    private static async Task Send(HttpContext context, byte[] bytes, bool isLast)
    {
        if (bytes.Length > 0 || !context.Response.HasStarted)
        {
            await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
        }
        if (!isLast)
            await Task.Delay(bytes.Length > 0 ? Busy : Quiet, context.RequestAborted);
    }
}
