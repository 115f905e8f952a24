// What is known of the health of real servers, as one immutable value. Kept by ControlPlane; made by health checks and tests; read by
// GroupBuilder and StandIns. A server of which nothing is known is up.

using System.Collections.Immutable;

namespace PacketSwitch.Control.Servers;

/// <summary>Health by real server number.</summary>
public sealed class RealHealth
{
    private readonly ImmutableDictionary<int, RealCondition> _conditions;

    private RealHealth(ImmutableDictionary<int, RealCondition> conditions) => _conditions = conditions;

    /// <summary>Every server is up, and has been for ever.</summary>
    public static RealHealth AllUp { get; } = new(ImmutableDictionary<int, RealCondition>.Empty);

    /// <summary>True unless the server has failed.</summary>
    public bool IsUp(int real) => this[real].IsUp;

    /// <summary>The condition of a server.</summary>
    public RealCondition this[int real] => _conditions.GetValueOrDefault(real, RealCondition.UpForEver);

    /// <summary>The same with this server failed; nothing changes when it has failed already.</summary>
    public RealHealth WithFailed(int real, long nowNs) => With(real, isUp: false, nowNs);

    /// <summary>The same with this server up; its slow start begins now, unless it was up already.</summary>
    public RealHealth WithUp(int real, long nowNs) => With(real, isUp: true, nowNs);

    /// <summary>The same with this server waiting for its first check: it is not in service.</summary>
    public RealHealth WithUnchecked(int real) => new(_conditions.SetItem(real, RealCondition.Unchecked));

    /// <summary>The same with this server up, because nothing is checked.</summary>
    public RealHealth WithoutChecks(int real)
        => _conditions.ContainsKey(real) ? new RealHealth(_conditions.Remove(real)) : this;

    /// <summary>True while the server waits for its first check.</summary>
    public bool IsUnchecked(int real) => this[real] == RealCondition.Unchecked;

    private RealHealth With(int real, bool isUp, long nowNs)
        => IsUp(real) == isUp && !IsUnchecked(real) ? this : new RealHealth(_conditions.SetItem(real, new RealCondition(isUp, nowNs)));
}
