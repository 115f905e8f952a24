// The last frames: as rows for `observe --last`, as an annotated capture for the dashboard's link.
// On the control sockets and on the web; there are some only while the dashboard is on.

using Microsoft.AspNetCore.Http;
using PacketSwitch.Api;
using PacketSwitch.DataPlane;
using PacketSwitch.Explain;
using PacketSwitch.Replay;
using PacketSwitch.Reports;

namespace PacketSwitch.Observe;

/// <summary>Recent frames.</summary>
internal static class PacketsRoutes
{
    private const int DefaultLast = 100;

    public static void Map(ApiRoutes routes, ControlApi api)
    {
        routes.Read("/v1/packets", context => List(context, api));
        routes.Read("/v1/packets.pcapng", context => Download(context, api));
    }

    private static Task List(HttpContext context, ControlApi api)
    {
        RecentFrames recent = Recent(api);
        var names = new LiveNames(api.View);
        List<RecordedFrame> frames = Last(context, api, recent);
        (long observed, long missed) = recent.Figures;
        var report = new PacketsReport(
            new WatchFigures(observed, missed, RecentFrames.Rate),
            [.. frames.Select(frame => ObserveRows.Of(frame, names)).OfType<ObserveRow>()]);
        return Answer.Report(context, report, ReportJson.Readable.PacketsReport);
    }

    private static async Task Download(HttpContext context, ControlApi api)
    {
        List<RecordedFrame> frames = Last(context, api, Recent(api));
        var names = new LiveNames(api.View);
        using var bytes = new MemoryStream();
        using (var capture = AnnotatedCapture.To(
            bytes, names.Config, api.Config.File, names.Interfaces, names.Brief))
        {
            frames.ForEach(capture.Add);
        }
        context.Response.ContentType = "application/x-pcapng";
        context.Response.Headers.ContentDisposition = "attachment; filename=packets.pcapng";
        await context.Response.Body.WriteAsync(bytes.ToArray(), context.RequestAborted);
    }

    private static List<RecordedFrame> Last(
        HttpContext context, ControlApi api, RecentFrames recent)
    {
        int last = RequestWords.Number(context, "last", 1, RecentFrames.Capacity) ?? DefaultLast;
        WatchRule rule = WatchWords.Read(context, api.View, RecentFrames.Rate);
        return recent.Last(last, frame => IsMeant(frame, rule));
    }

    private static bool IsMeant(RecordedFrame frame, WatchRule rule)
        => (rule.Ports >> frame.Port & 1) != 0
            && (rule.Program is null || rule.Program.Matches(frame.Bytes, frame.WireLength))
            && (frame.Trace is { } trace ? rule.Accepts(trace.Info) : rule.Originated);

    private static RecentFrames Recent(ControlApi api)
        => api.Recent ?? throw RefusedException.NotFound(
            "the last frames are kept only while the dashboard is on (run --web, or sys/web); "
                + "frames as they come: packetswitch observe -f");
}
