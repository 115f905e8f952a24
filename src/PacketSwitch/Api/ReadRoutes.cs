// Routes that read the running switch: status and its parts, statistics, sessions. And the orders that belong to them: ending sessions,
// draining servers.

using Microsoft.AspNetCore.Http;
using PacketSwitch.Control.Config;
using PacketSwitch.Control.Servers;
using PacketSwitch.Reports;

namespace PacketSwitch.Api;

/// <summary>Status, statistics, sessions.</summary>
internal static class ReadRoutes
{
    private const int DefaultLimit = 100;

    public static void Map(ApiRoutes routes, ControlApi api)
    {
        routes.Read("/healthz", context => Answer.Text(context, "ok\n"));
        routes.Read("/v1/status", context => Answer.Report(context, api.Status.Read(), ReportJson.Readable.StatusReport));
        foreach (string kind in new[] { "real", "group", "virt", "port" })
            routes.Read($"/v1/{kind}s", context => Status(context, api, kind));
        routes.Read("/v1/stats", context => Stats(context, api));
        routes.Change(HttpMethods.Post, "/v1/stats/clear", context => Answer.Report(
            context, new ClearReport(api.Stats.Clear()), ReportJson.Readable.ClearReport));
        routes.Read("/v1/sessions", context => Sessions(context, api));
        routes.Change(HttpMethods.Delete, "/v1/sessions", context => Kill(context, api));
        routes.Change(HttpMethods.Post, "/v1/oper", context => Order(context, api));
    }

    // The status with only one kind of object in it, or only one object.
    private static Task Status(HttpContext context, ControlApi api, string kind)
    {
        int? id = RequestWords.Object(context, "id", kind, api.Config.Running);
        return Answer.Report(context, StatusPart.Of(api.Status.Read(), kind, id), ReportJson.Readable.StatusReport);
    }

    private static Task Stats(HttpContext context, ControlApi api)
    {
        string? kind = RequestWords.Text(context, "kind");
        if (kind is not (null or "real" or "group" or "virt" or "port" or "maint"))
            throw RefusedException.Usage($"there are no statistics of '{kind}'; one of virt, group, real, port, maint");
        int? id = kind is null or "maint" ? null : RequestWords.Object(context, "id", kind, api.Config.Running);
        return Answer.Report(context, api.Stats.Read(kind, id), ReportJson.Readable.StatsReport);
    }

    private static Task Sessions(HttpContext context, ControlApi api)
    {
        int limit = RequestWords.Number(context, "limit", 0, int.MaxValue) ?? DefaultLimit;
        SessionSelector selector = RequestWords.Selector(context, api.Config.Running);
        return Answer.Report(context, api.Sessions.Read(selector, limit), ReportJson.Readable.SessionsReport);
    }

    private static Task Kill(HttpContext context, ControlApi api)
    {
        SessionSelector selector = RequestWords.Selector(context, api.Config.Running);
        if (selector.IsEmpty && !RequestWords.Flag(context, "all"))
            throw RefusedException.Usage("to end sessions, say which: --cip --cport --dip --dport --real --virt --state --older");
        int ended = api.Sessions.Kill(selector);
        return Answer.Report(
            context, new KillReport(ended, $"{ended} session{(ended == 1 ? "" : "s")} told to end"), ReportJson.Readable.KillReport);
    }

    private static Task Order(HttpContext context, ControlApi api)
    {
        SwitchConfig config = api.Config.Running;
        int id = RequestWords.Object(context, "real", "real", config) ?? throw RefusedException.Usage("which real server?");
        DrainMode mode = RequestWords.Text(context, "order") switch
        {
            "ena" => DrainMode.None,
            "drain" => DrainMode.NoNew,
            "persist" => DrainMode.Persistent,
            "now" => DrainMode.Out,
            _ => throw RefusedException.Usage("the order must be ena, drain, persist or now"),
        };
        return Answer.Report(context, api.Orders.Set(id, mode), ReportJson.Readable.OperReport);
    }
}
