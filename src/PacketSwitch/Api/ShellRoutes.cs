// The route of the Alteon shell: a line in, its output and the next prompt out. The reader's socket may use it to look.

using System.Text.Json;
using Microsoft.AspNetCore.Http;
using PacketSwitch.Reports;

namespace PacketSwitch.Api;

/// <summary>The shell.</summary>
internal static class ShellRoutes
{
    public static void Map(ApiRoutes routes, ControlApi api)
        => routes.ReadOrChange(HttpMethods.Post, "/v1/shell", context => Execute(context, api));

    private static async Task Execute(HttpContext context, ControlApi api)
    {
        ShellRequest? request;
        try
        {
            request = await JsonSerializer.DeserializeAsync(
                context.Request.Body, ReportJson.Readable.ShellRequest, context.RequestAborted);
        }
        catch (JsonException)
        {
            request = null;
        }
        if (request is null)
            throw RefusedException.Usage("""expected {"session":"","line":"..."}""");
        ShellReport report = api.Shell.Execute(request.Session, request.Line, mayChange: !ControlServer.IsReader(context));
        await Answer.Report(context, report, ReportJson.Readable.ShellReport);
    }
}
