// The part of the control plane that decides who serves: configuration and facts about real servers become a new snapshot whenever one of
// them changes. Called by health checks, commands and tests on the control plane's own thread.

using PacketSwitch.Control.Config;
using PacketSwitch.Control.Servers;
using PacketSwitch.DataPlane;

namespace PacketSwitch.Control;

public sealed partial class ControlPlane
{
    private const long MeasureNs = 5 * Second;

    private readonly TrafficMeter _meter = new();
    private long _measureDueNs;

    /// <summary>What is known of the real servers beside the configuration.</summary>
    public ServerFacts Facts { get; private set; } = ServerFacts.Initial;

    private bool IsMeasuring => _config.Groups.Any(group => group.Metric == GroupMetric.Bandwidth);

    /// <summary>Makes another valid configuration the running one. The ports stay those that were opened at the start.</summary>
    public void Apply(SwitchConfig config)
    {
        _config = config;
        Publish(Facts);
    }

    /// <summary>Health has changed: sessions of failed servers end or move, others take their place.</summary>
    public void SetHealth(RealHealth health) => Publish(Facts with { Health = health });

    /// <summary>An operator drains a real server, or ends that.</summary>
    public void SetDrain(int real, DrainMode mode)
        => Publish(Facts with
        {
            Drains = mode == DrainMode.None ? Facts.Drains.Remove(real) : Facts.Drains.SetItem(real, mode),
        });

    /// <summary>The moving averages of the time that health checks take, in nanoseconds by real server.</summary>
    public void SetResponseTimes(IReadOnlyDictionary<int, long> responseNs)
        => Publish(Facts with { Measures = Facts.Measures with { ResponseNs = responseNs } });

    /// <summary>
    /// Takes over what another control plane knows of servers and neighbours, for a throw-away view
    /// of it. Not for one whose switch forwards.
    /// </summary>
    public void TakeOver(ServerFacts facts, IEnumerable<Neighbor> neighbors, long nowNs)
    {
        Publish(facts);
        foreach (Neighbor neighbor in neighbors)
        {
            if (neighbor is { IsResolved: true, Port: >= 0 })
            {
                int vlan = Math.Max(0, (int)neighbor.VlanTag) & 0xfff;
                _neighbors.AskHost(neighbor.Address, nowNs);
                _neighbors.Learn(neighbor.Address, neighbor.Mac, neighbor.Port, vlan, nowNs);
            }
        }
    }

    private void Publish(ServerFacts facts)
    {
        Facts = WithProbes(facts).Settled(_config);
        Cell.Publish(Build());
        WakeAll();
    }

    private SwitchSnapshot Build()
    {
        SwitchSnapshot snapshot = _builder.Build(_config, Facts, ++_version);
        if (snapshot.HasBindings)
        {
            _tables.Sticky.Prepare();
        }
        return snapshot;
    }

    // Every few seconds, while some group goes by it.
    private void Measure(long nowNs)
    {
        if (!IsMeasuring || nowNs < _measureDueNs)
        {
            return;
        }
        bool isFirst = _measureDueNs == 0;
        _measureDueNs = nowNs + MeasureNs;
        Dictionary<int, long> octets = _meter.Read(_loops, _config.Reals.Select(real => real.Id));
        if (!isFirst)
        {
            Publish(Facts with { Measures = Facts.Measures with { Octets = octets } });
        }
    }
}
