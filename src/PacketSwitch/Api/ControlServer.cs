// Serves the control sockets: Kestrel on the two bound sockets, started when the first client connects, so that it costs neither start-up time
// nor memory before. Everything a client may send is bounded; what it sends can slow down other clients of the same socket, never the data path.

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using System.Net.Sockets;

namespace PacketSwitch.Api;

/// <summary>The web server on the control sockets.</summary>
internal sealed class ControlServer : IDisposable
{
    private const int MostConnections = 64;
    private const int MostBodyBytes = 16 * 1024 * 1024;
    private const int MostLineBytes = 8 * 1024;
    private static readonly TimeSpan IdleTime = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan StopTime = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LookAround = TimeSpan.FromMilliseconds(100);

    private readonly ControlSockets _sockets;
    private readonly Action<Exception> _onError;
    private volatile WebApplication? _app;
    private volatile bool _isStopping;

    /// <summary>Begins to wait for the first client; returns at once.</summary>
    /// <param name="sockets">The bound sockets; they are this object's from now on.</param>
    /// <param name="map">Adds the routes.</param>
    /// <param name="onError">Told when the server cannot start.</param>
    public ControlServer(ControlSockets sockets, Action<WebApplication> map, Action<Exception> onError)
    {
        _sockets = sockets;
        _onError = onError;
        new Thread(() => ServeFirst(map)) { Name = "control sockets", IsBackground = true }.Start();
    }

    /// <summary>True when a request came in by the reader's socket.</summary>
    public static bool IsReader(HttpContext context) => context.Features.Get<ReaderMark>() is not null;

    public void Dispose()
    {
        _isStopping = true;
        try
        {
            using var patience = new CancellationTokenSource(StopTime);
            if (_app is { } app)
                app.StopAsync(patience.Token).Wait(StopTime * 2);
            else
                EndWaiting();
        }
        catch (Exception e) when (e is AggregateException or OperationCanceledException or SocketException)
        {
            // It ends with the process.
        }
        _sockets.Dispose();
    }

    // Until a client waits at one of the sockets; then the web server takes both over.
    private void ServeFirst(Action<WebApplication> map)
    {
        try
        {
            List<Socket> ready;
            do
            {
                ready = [_sockets.Admin, _sockets.Reader];
                Socket.Select(ready, null, null, LookAround);
            }
            while (ready.Count == 0 && !_isStopping);
            if (!_isStopping)
                Start(map);
        }
        catch (Exception e)
        {
            // When the switch ends, its sockets close under this thread.
            if (!_isStopping)
                _onError(e);
        }
    }

    // Whoever waits for the first client is told by a client.
    private void EndWaiting()
    {
        using var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        client.Connect(new UnixDomainSocketEndPoint(Path.Combine(_sockets.Folder, SocketFolder.Admin)));
    }

    private void Start(Action<WebApplication> map)
    {
        // The content root is not looked for: nothing is served from files here.
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(
            new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.Sources.Clear();
        builder.Logging.ClearProviders();
        // Signals are the run command's business.
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.WebHost.UseSockets(options => options.CreateBoundListenSocket = Bound);
        builder.WebHost.ConfigureKestrel(Limit);
        WebApplication app = builder.Build();
        map(app);
        app.StartAsync().GetAwaiter().GetResult();
        _app = app;
    }

    private void Limit(KestrelServerOptions options)
    {
        options.AddServerHeader = false;
        options.Limits.MaxRequestBodySize = MostBodyBytes;
        options.Limits.MaxRequestLineSize = MostLineBytes;
        options.Limits.MaxRequestHeadersTotalSize = MostLineBytes;
        options.Limits.KeepAliveTimeout = IdleTime;
        options.Limits.RequestHeadersTimeout = IdleTime;
        Listen(options, SocketFolder.Admin, isReader: false);
        Listen(options, SocketFolder.Reader, isReader: true);
    }

    private void Listen(KestrelServerOptions options, string name, bool isReader)
    {
        var limit = new ConnectionLimit(MostConnections);
        options.ListenUnixSocket(Path.GetFullPath(Path.Combine(_sockets.Folder, name)), listen =>
        {
            listen.Protocols = HttpProtocols.Http1;
            listen.Use(limit.Around);
            if (isReader)
            {
                listen.Use(next => connection =>
                {
                    connection.Features.Set(new ReaderMark());
                    return next(connection);
                });
            }
        });
    }

    private Socket Bound(System.Net.EndPoint endPoint)
        => endPoint.ToString()!.EndsWith(SocketFolder.Admin, StringComparison.Ordinal) ? _sockets.Admin : _sockets.Reader;

    // Present in the features of a connection that came by the reader's socket.
    private sealed class ReaderMark;

    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
