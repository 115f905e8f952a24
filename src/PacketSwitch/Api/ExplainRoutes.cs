// The route that explains a flow on the running switch. It reads, though it is a POST: readers may
// use it, on ro.sock and on the web address. A page of another origin may not: it would have to say
// application/json, which browsers let it only after asking here, and nobody answers that question;
// and what a browser says of its origin is looked at.

using System.Text.Json;
using Microsoft.AspNetCore.Http;
using PacketSwitch.Explain;
using PacketSwitch.Reports;

namespace PacketSwitch.Api;

/// <summary>POST /v1/explain.</summary>
internal static class ExplainRoutes
{
    private const string Json = "application/json";
    private const string Expected =
        """expected {"protocol":"tcp","source":"ADDRESS:PORT","destination":"ADDRESS:PORT"}""";

    public static void Map(ApiRoutes routes, ControlApi api)
        => routes.ReadOrChange(
            HttpMethods.Post, "/v1/explain", context => Explain(context, api));

    private static async Task Explain(HttpContext context, ControlApi api)
    {
        Guard(context.Request);
        ExplainRequest request = await Read(context);
        try
        {
            ExplainReport report =
                await api.Explainer.ExplainAsync(request, context.RequestAborted);
            await Answer.Report(context, report, ReportJson.Readable.ExplainReport);
        }
        catch (ExplainProblem e)
        {
            throw RefusedException.Usage(e.Message);
        }
    }

    private static void Guard(HttpRequest request)
    {
        string type = (request.ContentType ?? "").Split(';')[0].Trim();
        if (!type.Equals(Json, StringComparison.OrdinalIgnoreCase))
        {
            throw new RefusedException(
                StatusCodes.Status415UnsupportedMediaType, $"the body must be {Json}");
        }
        string origin = request.Headers.Origin.ToString();
        if (origin.Length > 0 && origin != $"{request.Scheme}://{request.Host}")
        {
            throw new RefusedException(
                StatusCodes.Status403Forbidden, $"pages of {origin} may not ask here");
        }
    }

    private static async Task<ExplainRequest> Read(HttpContext context)
    {
        try
        {
            return await JsonSerializer.DeserializeAsync(
                context.Request.Body, ReportJson.Readable.ExplainRequest, context.RequestAborted)
                ?? throw RefusedException.Usage(Expected);
        }
        catch (JsonException)
        {
            throw RefusedException.Usage(Expected);
        }
    }
}
