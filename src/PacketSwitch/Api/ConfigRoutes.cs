// Routes of the two-phase configuration. An order that was carried out answers 200, one that was not 409, an invalid configuration 422; the
// report says the rest.

using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using PacketSwitch.Control.Config;
using PacketSwitch.Control.Live;
using PacketSwitch.Reports;

namespace PacketSwitch.Api;

/// <summary>Candidate, running and saved configuration.</summary>
internal static class ConfigRoutes
{
    private const int LongestTrialSeconds = 86_400;

    public static void Map(ApiRoutes routes, ControlApi api)
    {
        routes.Read("/v1/config", context => Config(context, api.Config));
        routes.Read("/v1/config/diff", context => Diff(context, api.Config));
        routes.Change(HttpMethods.Patch, "/v1/config", context => Edit(context, api.Config));
        routes.Change(HttpMethods.Put, "/v1/config", context => Load(context, api.Config));
        routes.Change(HttpMethods.Post, "/v1/apply", context => Apply(context, api.Config));
        routes.Change(HttpMethods.Post, "/v1/confirm", context => Outcome(context, api.Config, api.Config.Confirm()));
        routes.Change(HttpMethods.Post, "/v1/save",
            context => Outcome(context, api.Config, api.Config.Save(RequestWords.Flag(context, "force"))));
        routes.Change(HttpMethods.Post, "/v1/revert", context => Outcome(context, api.Config,
            RequestWords.Flag(context, "apply") ? api.Config.RevertApplied() : api.Config.Revert()));
    }

    /// <summary>An outcome as a report.</summary>
    public static OutcomeReport Report(LiveConfig config, ConfigOutcome outcome)
    {
        ConfigStanding standing = config.Standing;
        return new OutcomeReport
        {
            Done = outcome.Done,
            Message = outcome.Message,
            Changes = outcome.Changes,
            Pending = standing.Pending,
            Unsaved = standing.Unsaved,
            AtNextStart = outcome.AtNextStart,
            Problems = [.. outcome.Problems.Select(problem => new ProblemReport(
                problem.IsError ? "error" : "warning", problem.Location.File, problem.Location.Line, problem.Location.Column,
                problem.Message, ProblemText.Render(problem)))],
        };
    }

    /// <summary>A difference as a report.</summary>
    public static DiffReport Report(ConfigDiff diff, bool fromSaved) => new(
        fromSaved ? "saved" : "running", fromSaved ? "running" : "candidate", diff.Changes,
        [.. diff.Blocks.Select(block => new DiffObject(
            block.Header, [.. block.Lines.Where(line => !line.IsNew).Select(line => line.Command)],
            [.. block.Lines.Where(line => line.IsNew).Select(line => line.Command)], TextOf(block)))]);

    private static string TextOf(DiffBlock block)
    {
        var text = new StringBuilder();
        ConfigDiff.Append(text, block);
        return text.ToString();
    }

    private static async Task Config(HttpContext context, LiveConfig live)
    {
        SwitchConfig config = RequestWords.Text(context, "which") switch
        {
            null or "running" => live.Running,
            "candidate" => live.Candidate,
            "saved" => live.Saved,
            var other => throw RefusedException.Usage($"there is no configuration '{other}'; one of running, candidate, saved"),
        };
        if (RequestWords.Text(context, "format") == "json")
        {
            using var bytes = new MemoryStream();
            using (var json = new Utf8JsonWriter(bytes))
            {
                json.WriteStartObject();
                json.WriteNumber("schema", 1);
                json.WritePropertyName("config");
                ConfigJson.WriteConfig(json, config);
                json.WriteEndObject();
            }
            context.Response.ContentType = "application/json";
            await context.Response.Body.WriteAsync(bytes.ToArray(), context.RequestAborted);
            return;
        }
        string path = RequestWords.Text(context, "path") ?? "";
        string text = ConfigPart.Text(config, path, RequestWords.Flag(context, "defaults"), out string problem);
        if (problem.Length > 0)
            throw RefusedException.NotFound(problem);
        await Answer.Text(context, text);
    }

    private static Task Diff(HttpContext context, LiveConfig live)
    {
        bool fromSaved = RequestWords.Flag(context, "saved");
        return Answer.Report(context, Report(live.Diff(fromSaved), fromSaved), ReportJson.Readable.DiffReport);
    }

    private static async Task Edit(HttpContext context, LiveConfig live)
    {
        string lines = await RequestWords.Body(context);
        await Outcome(context, live, live.Edit(lines, RequestWords.Text(context, "source") ?? "command"));
    }

    private static async Task Load(HttpContext context, LiveConfig live)
    {
        string text = await RequestWords.Body(context);
        string source = RequestWords.Text(context, "source") ?? "body";
        bool isTheFile = RequestWords.Text(context, "path") is { } path && Path.GetFullPath(path) == Path.GetFullPath(live.File);
        await Outcome(context, live, RequestWords.Flag(context, "apply")
            ? live.LoadAndApply(text, source, isTheFile) : live.Load(text, source));
    }

    private static Task Apply(HttpContext context, LiveConfig live)
    {
        if (RequestWords.Flag(context, "dry-run"))
            return Outcome(context, live, live.DryRun());
        int? seconds = RequestWords.Number(context, "confirm", 1, LongestTrialSeconds);
        return Outcome(context, live, live.Apply(seconds is null ? null : TimeSpan.FromSeconds(seconds.Value)));
    }

    private static Task Outcome(HttpContext context, LiveConfig live, ConfigOutcome outcome)
        => Answer.Report(context, Report(live, outcome), ReportJson.Readable.OutcomeReport,
            outcome.Done ? StatusCodes.Status200OK
            : outcome.IsInvalid ? StatusCodes.Status422UnprocessableEntity : StatusCodes.Status409Conflict);
}
