// How the control socket answers: reports as JSON, refusals as one line with a status that the client turns into an exit code.

using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using PacketSwitch.Reports;

namespace PacketSwitch.Api;

/// <summary>Answers of the control socket.</summary>
internal static class Answer
{
    /// <summary>A report.</summary>
    public static Task Report<T>(HttpContext context, T report, JsonTypeInfo<T> type, int status = StatusCodes.Status200OK)
    {
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(report, type);
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = body.Length;
        return context.Response.Body.WriteAsync(body, context.RequestAborted).AsTask();
    }

    /// <summary>Plain text.</summary>
    public static async Task Text(HttpContext context, string text)
    {
        context.Response.ContentType = "text/plain; charset=utf-8";
        await context.Response.WriteAsync(text, context.RequestAborted);
    }

    /// <summary>No, and why, in one line.</summary>
    public static Task Refuse(HttpContext context, int status, string error)
        => Report(context, new RefusalReport(error), ReportJson.Readable.RefusalReport, status);
}

/// <summary>A request that is refused with a status and one line. Thrown by whoever reads a request; ApiRoutes answers it.</summary>
internal sealed class RefusedException(int status, string message) : Exception(message)
{
    public int Status { get; } = status;

    public static RefusedException NotFound(string message) => new(StatusCodes.Status404NotFound, message);

    public static RefusedException Usage(string message) => new(StatusCodes.Status400BadRequest, message);
}
