// The metrics of a running switch for Prometheus. They are read from the loops' own counters when
// somebody scrapes, and cost nothing else. Made by the first scrape; served as /metrics on the
// control sockets and the web address. The names are a promise: dashboards are built on them.

using System.Globalization;
using Microsoft.AspNetCore.Http;
using PacketSwitch.Api;
using PacketSwitch.Control.Events;
using PacketSwitch.Reports;
using PacketSwitch.Running;
using Prometheus;

namespace PacketSwitch.Web;

/// <summary>The metrics.</summary>
internal sealed class SwitchMetrics
{
    private const string Text = "text/plain; version=0.0.4; charset=utf-8";
    private static readonly string[] RealStates = ["up", "failed", "disabled", "draining",
        "standby", "overloaded", "waiting"];

    private readonly ControlApi _api;
    private readonly CollectorRegistry _registry = Metrics.NewCustomRegistry();
    private readonly MetricFactory _factory;
    private readonly Lock _gate = new();
    private readonly List<Action> _sweeps = [];

    private readonly Gauge _pending, _unsaved, _sessions, _sessionsMax, _lastPause,
        _longestPause;
    private readonly Counter _collections, _pauses, _offloaded;
    private readonly MetricFamily<Gauge.Child> _build, _virtUp, _realState, _realSessions,
        _checkSeconds;
    private readonly MetricFamily<Counter.Child> _portPackets, _portBytes, _kernelDrops, _drops;
    private readonly MetricFamily<Counter.Child> _realTotal, _realPackets, _realBytes,
        _checkFailures, _transitions;

    // Counted from the journal, under _gate.
    private readonly Dictionary<int, long> _changes = [];
    private long _seenEvent;

    public SwitchMetrics(ControlApi api)
    {
        _api = api;
        _factory = Metrics.WithCustomRegistry(_registry);
        _build = Gauges("build_info", "The program that runs; always 1.", "version");
        _pending = _factory.CreateGauge("packetswitch_config_pending",
            "Changes of the configuration that do not run yet.");
        _unsaved = _factory.CreateGauge("packetswitch_config_unsaved",
            "Changes that run and are not saved.");
        _portPackets = Counters("port_packets_total", "Frames of a port.", "port", "direction");
        _portBytes = Counters("port_bytes_total", "Bytes of a port's frames.", "port", "direction");
        _kernelDrops = Counters("kernel_drops_total", "Frames lost before the switch saw them.",
            "port");
        _offloaded = _factory.CreateCounter("packetswitch_offloaded_frames_total",
            "Frames of long connections that the kernel carried.");
        _drops = Counters("drops_total", "Frames dropped, by reason.", "reason");
        _sessions = _factory.CreateGauge("packetswitch_sessions", "Sessions in the table.");
        _sessionsMax = _factory.CreateGauge("packetswitch_sessions_max",
            "Sessions the table can hold, per address family.");
        _collections = _factory.CreateCounter("packetswitch_gc_collections_total",
            "Garbage collections of the program.");
        _pauses = _factory.CreateCounter("packetswitch_gc_pause_seconds_total",
            "How long garbage collections held up all threads, the loops too.");
        _lastPause = _factory.CreateGauge("packetswitch_gc_last_pause_seconds",
            "How long the last of them did.");
        _longestPause = _factory.CreateGauge("packetswitch_gc_longest_pause_seconds",
            "How long the longest of them did, since the start.");
        _virtUp = Gauges("virt_up", "1 while a virtual service has a server for new sessions.",
            "virt", "name", "port");
        _realState = Gauges("real_state", "1 for the state a real server is in.", "real", "name",
            "state");
        _realSessions = Gauges("real_sessions", "Sessions of a real server now.", "real", "name");
        _realTotal = Counters("real_sessions_total", "Sessions a real server was given.", "real",
            "name");
        _realPackets = Counters("real_packets_total",
            "Frames to (in) and from (out) a real server.", "real", "name", "direction");
        _realBytes = Counters("real_bytes_total", "Bytes to (in) and from (out) a real server.",
            "real", "name", "direction");
        _checkSeconds = Gauges("real_check_seconds", "How long the last health check took.", "real",
            "name");
        _checkFailures = Counters("real_check_failures_total", "Health checks that failed.", "real",
            "name");
        _transitions = Counters("real_transitions_total", "Times a real server went up or failed.",
            "real", "name");
        _registry.AddBeforeCollectCallback(Update);
    }

    /// <summary>Adds /metrics.</summary>
    public static void Map(ApiRoutes routes, ControlApi api)
        => routes.Read("/metrics", context => api.Metrics.Write(context));

    private async Task Write(HttpContext context)
    {
        using var text = new MemoryStream();
        await _registry.CollectAndExportAsTextAsync(text, context.RequestAborted);
        context.Response.ContentType = Text;
        context.Response.ContentLength = text.Length;
        await context.Response.Body.WriteAsync(text.GetBuffer().AsMemory(0, (int)text.Length),
            context.RequestAborted);
    }

    private void Update()
    {
        StatusReport status = _api.Status.Read();
        StatsReport stats = _api.Stats.ReadCounters();
        lock (_gate)
        {
            CountChanges();
            Switch(status);
            Ports(stats);
            Reals(status, stats);
            _offloaded.IncTo(stats.Maint.FramesOffloaded);
            foreach (DropStats drop in stats.Maint.Drops)
                _drops.Set(drop.Packets, drop.Reason);
            _sweeps.ForEach(sweep => sweep());
        }
    }

    private void Switch(StatusReport status)
    {
        _build.Set(1, status.Version);
        _pending.Set(status.Config.Pending);
        _unsaved.Set(status.Config.Unsaved);
        _sessions.Set(status.Sessions.Current);
        _sessionsMax.Set(status.Sessions.Max);
        _collections.IncTo(GC.CollectionCount(0));
        _pauses.IncTo(GC.GetTotalPauseDuration().TotalSeconds);
        _lastPause.Set(GC.GetGCMemoryInfo(GCKind.Any).PauseDurations[0].TotalSeconds);
        _longestPause.Set(GcPauses.Longest.TotalSeconds);
        foreach (VirtStatus virt in status.Virts)
        {
            foreach (IGrouping<int, ServiceStatus> service in virt.Services.GroupBy(service =>
                service.Port))
            {
                bool isUp = service.All(one => one.State is "up" or "degraded" or "backup");
                _virtUp.Set(isUp ? 1 : 0, Number(virt.Id), virt.Name, Number(service.Key));
            }
        }
    }

    private void Ports(StatsReport stats)
    {
        foreach (PortStats port in stats.Ports)
        {
            string id = Number(port.Id);
            _portPackets.Set(port.PacketsIn, id, "in");
            _portPackets.Set(port.PacketsOut, id, "out");
            _portBytes.Set(port.BytesIn, id, "in");
            _portBytes.Set(port.BytesOut, id, "out");
            _kernelDrops.Set(port.KernelDrops, id);
        }
    }

    private void Reals(StatusReport status, StatsReport stats)
    {
        foreach (RealStatus real in status.Reals)
        {
            string id = Number(real.Id);
            foreach (string state in RealStates)
                _realState.Set(real.State == state ? 1 : 0, id, real.Name, state);
            _realSessions.Set(real.Sessions.Current, id, real.Name);
            _realTotal.Set(real.Sessions.Total, id, real.Name);
            _checkSeconds.Set(real.Check.Ms / 1000, id, real.Name);
            _checkFailures.Set(real.Check.Failures, id, real.Name);
            _transitions.Set(_changes.GetValueOrDefault(real.Id), id, real.Name);
        }
        foreach (RealStats real in stats.Reals)
        {
            string id = Number(real.Id);
            _realPackets.Set(real.PacketsIn, id, real.Name, "in");
            _realPackets.Set(real.PacketsOut, id, real.Name, "out");
            _realBytes.Set(real.BytesIn, id, real.Name, "in");
            _realBytes.Set(real.BytesOut, id, real.Name, "out");
        }
    }

    private void CountChanges()
    {
        foreach (SwitchEvent one in _api.View.Control.Events.After(_seenEvent, out _))
        {
            _seenEvent = one.Number;
            if (one.Kind is "real-failed" or "real-up" && one.Object.StartsWith("real ",
                StringComparison.Ordinal)
                && int.TryParse(one.Object.AsSpan(5), NumberStyles.None,
                    CultureInfo.InvariantCulture, out int id))
            {
                _changes[id] = _changes.GetValueOrDefault(id) + 1;
            }
        }
    }

    private MetricFamily<Gauge.Child> Gauges(string name, string help, params string[] labels)
    {
        var family = new MetricFamily<Gauge.Child>(
            _factory.CreateGauge($"packetswitch_{name}", help, labels), (child, value) =>
                child.Set(value));
        _sweeps.Add(family.Sweep);
        return family;
    }

    private MetricFamily<Counter.Child> Counters(string name, string help, params string[] labels)
    {
        var family = new MetricFamily<Counter.Child>(
            _factory.CreateCounter($"packetswitch_{name}", help, labels), (child, value) =>
                child.IncTo(value));
        _sweeps.Add(family.Sweep);
        return family;
    }

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
