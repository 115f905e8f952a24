// The routes' common part: every handler's failures become one line with a status, and what changes the switch is refused to the reader's
// socket here, in one place.

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using PacketSwitch.Running;

namespace PacketSwitch.Api;

/// <summary>Adds routes to a web server; to one that is for reading all requests are a
/// reader's.</summary>
internal sealed class ApiRoutes(WebApplication app, ILogger logger, bool isReader = false)
{
    public const string NotPermitted = "this socket is for reading; changes need admin.sock (run the command as the switch's user or root)";

    /// <summary>A route that only reads.</summary>
    public void Read(string path, Func<HttpContext, Task> handler)
        => app.MapMethods(path, [HttpMethods.Get], context => Guard(context, handler));

    /// <summary>A route that changes something.</summary>
    public void Change(string method, string path, Func<HttpContext, Task> handler)
        => app.MapMethods(path, [method], context => isReader || ControlServer.IsReader(context)
            ? Answer.Refuse(context, StatusCodes.Status403Forbidden, NotPermitted)
            : Guard(context, handler));

    /// <summary>A route that either does; it asks itself whether it may change anything.</summary>
    public void ReadOrChange(string method, string path, Func<HttpContext, Task> handler)
        => app.MapMethods(path, [method], context => Guard(context, handler));

    private async Task Guard(HttpContext context, Func<HttpContext, Task> handler)
    {
        try
        {
            await handler(context);
        }
        catch (RefusedException e)
        {
            await Answer.Refuse(context, e.Status, e.Message);
        }
        catch (BadHttpRequestException e)
        {
            await Answer.Refuse(context, e.StatusCode, e.Message);
        }
        catch (OperationCanceledException)
        {
            // The client has gone.
        }
        catch (Exception e)
        {
            RunLog.RequestFailed(logger, context.Request.Path, e.Message);
            if (!context.Response.HasStarted)
                await Answer.Refuse(context, StatusCodes.Status500InternalServerError, e.Message);
        }
    }
}
