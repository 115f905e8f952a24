// The dashboard, the metrics and the reading half of the API over TCP: a web server of its own, so
// that without `sys/web` or `run --web` no port is open and no code of it runs. Made by Operating
// after the switch forwards. Nothing here changes the switch.

using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using PacketSwitch.Api;
using PacketSwitch.Observe;
using PacketSwitch.Running;

namespace PacketSwitch.Web;

/// <summary>The web server.</summary>
internal sealed class WebServer : IDisposable
{
    private const int MostConnections = 64;
    private const int MostBodyBytes = 64 * 1024;
    private const int MostLineBytes = 8 * 1024;
    private static readonly TimeSpan IdleTime = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan StopTime = TimeSpan.FromMilliseconds(300);

    private readonly ControlApi _api;
    private readonly ILogger _logger;
    private readonly LiveSampler _sampler;
    private readonly Task<WebApplication?> _starting;

    /// <summary>Begins to start; returns at once.</summary>
    public WebServer(IPEndPoint address, ControlApi api, ILogger logger)
    {
        _api = api;
        _logger = logger;
        _sampler = new LiveSampler(api, e => RunLog.ControlFailed(logger, e.Message));
        _starting = Task.Run(() => StartAsync(address));
    }

    public void Dispose()
    {
        _sampler.Dispose();
        try
        {
            WebApplication? app = _starting.Wait(StopTime) ? _starting.Result : null;
            if (app is null)
                return;
            using var patience = new CancellationTokenSource(StopTime);
            app.StopAsync(patience.Token).Wait(StopTime * 2);
        }
        catch (Exception e) when (e is AggregateException or OperationCanceledException)
        {
            // It ends with the process.
        }
    }

    private async Task<WebApplication?> StartAsync(IPEndPoint address)
    {
        try
        {
            WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(
                new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
            builder.Configuration.Sources.Clear();
            builder.Logging.ClearProviders();
            builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
            builder.WebHost.ConfigureKestrel(options => Limit(options, address));
            WebApplication app = builder.Build();
            app.Use(Guard);
            Map(app);
            await app.StartAsync();
            RunLog.WebIsAt(_logger, address.ToString());
            return app;
        }
        catch (Exception e)
        {
            RunLog.NoWeb(_logger, address.ToString(), e.Message);
            return null;
        }
    }

    private static void Limit(KestrelServerOptions options, IPEndPoint address)
    {
        options.AddServerHeader = false;
        options.Limits.MaxRequestBodySize = MostBodyBytes;
        options.Limits.MaxRequestLineSize = MostLineBytes;
        options.Limits.MaxRequestHeadersTotalSize = 4 * MostLineBytes;
        options.Limits.KeepAliveTimeout = IdleTime;
        options.Limits.RequestHeadersTimeout = IdleTime;
        var limit = new ConnectionLimit(MostConnections);
        options.Listen(address, listen =>
        {
            listen.Protocols = HttpProtocols.Http1;
            listen.Use(limit.Around);
        });
    }

    private void Map(WebApplication app)
    {
        var routes = new ApiRoutes(app, _logger, isReader: true);
        ReadRoutes.Map(routes, _api);
        SwitchMetrics.Map(routes, _api);
        EventRoutes.Map(routes, _api.View.Control.Events);
        LiveRoutes.Map(routes, _sampler, _api.View.Control.Events);
        ExplainRoutes.Map(routes, _api);
        PacketsRoutes.Map(routes, _api);
        PageFiles.Map(routes);
    }

    // A page of another site may send a browser here under a name of its own (DNS rebinding); an
    // address or localhost is meant for us. And what is served may load nothing from elsewhere.
    private static Task Guard(HttpContext context, RequestDelegate next)
    {
        string host = context.Request.Host.Host;
        if (host != "localhost" && !IPAddress.TryParse(host.Trim('[', ']'), out _))
        {
            return Answer.Refuse(
                context, StatusCodes.Status403Forbidden,
                    $"ask for this page by its address, not as '{host}'");
        }
        context.Response.Headers.ContentSecurityPolicy =
            "default-src 'self'; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        return next(context);
    }

    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
