// The operator's way into a running switch, composed: what reads it, what changes it, and the server on the control sockets. Started by the run
// command after READY; nothing here runs on a loop's or the control plane's thread but what is asked of the latter.

using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;
using PacketSwitch.Control.Live;
using PacketSwitch.Explain;
using PacketSwitch.Observe;
using PacketSwitch.Reports;
using PacketSwitch.Running;
using PacketSwitch.Shell;
using PacketSwitch.Web;

namespace PacketSwitch.Api;

/// <summary>Readers, orders and routes of one running switch.</summary>
internal sealed class ControlApi : IDisposable
{
    private readonly ControlServer _server;
    private readonly RateMeter _meter;
    private readonly ILogger _logger;
    private readonly HouseKeeper _keeper;
    private readonly Lazy<SwitchMetrics> _metrics;
    private RecentFrames? _recent;

    /// <summary>Begins to serve; returns at once.</summary>
    public ControlApi(LiveView view, ControlSockets sockets, ILogger logger)
    {
        View = view;
        _metrics = new Lazy<SwitchMetrics>(() => new SwitchMetrics(this));
        _logger = logger;
        _meter = new RateMeter(view, e => RunLog.ControlFailed(logger, e.Message));
        Status = new StatusReader(view, _meter);
        Stats = new StatsReader(view, _meter)
        {
            LastDropped = () => Recent?.LastDropped(new LiveNames(view)) ?? [],
        };
        Sessions = new SessionReader(view);
        Orders = new RealOrders(view);
        Explainer = new LiveExplainer(view);
        Shell = new ShellSessions(this);
        Watches = new SwitchWatches(view);
        _keeper = new HouseKeeper(view);
        _meter.Ticked = () =>
        {
            _keeper.Run();
            Stats.Sample();
        };
        _server = new ControlServer(sockets, Map, e => RunLog.NoControlServer(logger, e.Message));
    }

    public LiveView View { get; }

    public LiveConfig Config => View.Config;

    public StatusReader Status { get; }

    public StatsReader Stats { get; }

    public SessionReader Sessions { get; }

    public RealOrders Orders { get; }

    public LiveExplainer Explainer { get; }

    public ShellSessions Shell { get; }

    public SwitchWatches Watches { get; }

    /// <summary>The last frames; null while nobody keeps them. Set once, before the dashboard
    /// starts.</summary>
    public RecentFrames? Recent
    {
        get => Volatile.Read(ref _recent);
        set => Volatile.Write(ref _recent, value);
    }

    /// <summary>Made by the first scrape.</summary>
    public SwitchMetrics Metrics => _metrics.Value;

    public void Dispose()
    {
        Recent?.Dispose();
        _server.Dispose();
        _meter.Dispose();
    }

    private void Map(WebApplication app)
    {
        var routes = new ApiRoutes(app, _logger);
        ReadRoutes.Map(routes, this);
        SwitchMetrics.Map(routes, this);
        ConfigRoutes.Map(routes, this);
        EventRoutes.Map(routes, View.Control.Events);
        ShellRoutes.Map(routes, this);
        ExplainRoutes.Map(routes, this);
        ObserveRoutes.Map(routes, this);
        PacketsRoutes.Map(routes, this);
    }
}
