// A place in a server group: the configured real server, and who serves in its place now. Metrics choose among places, so that a
// stand-in takes over exactly what its server had. Part of the snapshot; made by the control plane's GroupBuilder.

namespace PacketSwitch.DataPlane;

/// <summary>A member of a group.</summary>
public sealed class GroupMember
{
    /// <summary>Makes a place.</summary>
    /// <param name="id">Number of the configured real server: what phash and minmisses know the place by.</param>
    /// <param name="configuredWeight">Its configured weight, in service or not.</param>
    /// <param name="servers">
    /// Who may take a session of this place, in this order: each next one only while those before it are full. Empty: the place is
    /// out of service.
    /// </param>
    public GroupMember(ushort id, int configuredWeight, params RealServer[] servers)
    {
        Id = id;
        ConfiguredWeight = configuredWeight;
        Servers = servers;
        Weight = servers.Length == 0 ? 0 : servers[0].Weight;
    }

    public ushort Id { get; }
    public int ConfiguredWeight { get; }
    public RealServer[] Servers { get; }

    /// <summary>The weight of whoever serves; 0 when nobody does.</summary>
    public int Weight { get; }

    /// <summary>The configured server while it takes sessions of clients bound to it and no others (drain mode p).</summary>
    public RealServer? BoundOnly { get; init; }

    /// <summary>When who serves came back into service; slow start begins here.</summary>
    public long SlowStartNs { get; init; }

    /// <summary>How long its slow start lasts; 0 without one.</summary>
    public long SlowStartLengthNs { get; init; }

    /// <summary>A place that the real server itself serves.</summary>
    public static GroupMember Of(RealServer real) => real.Weight > 0
        ? new GroupMember(real.Id, real.Weight, real) : new GroupMember(real.Id, 0);
}
