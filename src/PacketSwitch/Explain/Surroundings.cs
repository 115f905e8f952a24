// What an explanation says in words that the data plane has only in numbers: names, roles, metrics,
// and where the configuration says so. Made once per explanation; used by Explanation, DropAdvice
// and the annotated capture.

using PacketSwitch.Control.Config;
using PacketSwitch.DataPlane;

namespace PacketSwitch.Explain;

/// <summary>Names of a configuration.</summary>
/// <param name="Config">The configuration.</param>
/// <param name="PortIds">The switch's port numbers by index.</param>
internal sealed record Surroundings(SwitchConfig Config, IReadOnlyList<int> PortIds)
{
    /// <summary>Real servers whose MAC the running switch does not know; none in a
    /// replay.</summary>
    public IReadOnlySet<int> Unresolved { get; init; } = new HashSet<int>();

    /// <summary>Why real servers are not in service; empty in a replay.</summary>
    public IReadOnlyDictionary<int, string> NotServing { get; init; }
        = new Dictionary<int, string>();

    /// <summary><c>real 2 (web2)</c>.</summary>
    public string Real(int id) => Named($"real {id}", Config.FindReal(id)?.Name);

    /// <summary><c>virt 1 (web)</c>.</summary>
    public string Virt(int id) => Named($"virt {id}", Config.FindVirt(id)?.Name);

    /// <summary><c>port 8 (client)</c>.</summary>
    public string Port(int index) => $"port {PortIds[index]} ({Role(index)})";

    /// <summary><c>port8 (client)</c>, as an interface is named in captures.</summary>
    public string Interface(int index) => $"port{PortIds[index]} ({Role(index)})";

    public string Role(int index)
        => Config.FindPort(PortIds[index]) switch
        {
            null when PortIds[index] == Limits.HostPortId => "host",
            { Client: true, Server: true } => "client and server",
            { Client: true } => "client",
            { Server: true } => "server",
            _ => "no role",
        };

    /// <summary>The word of the group's metric.</summary>
    public string Metric(int group) => MetricWord(Config.FindGroup(group)?.Metric ?? default);

    public static string MetricWord(GroupMetric metric) => metric switch
    {
        GroupMetric.LeastConnections => "leastconns",
        GroupMetric.RoundRobin => "roundrobin",
        GroupMetric.PersistentHash => "phash",
        GroupMetric.ServiceLeast => "svcleast",
        _ => metric.ToString().ToLowerInvariant(),
    };

    /// <summary>
    /// Where a word stands: its own line, else that of its object; <c>(default)</c> behind the
    /// latter.
    /// </summary>
    public string? Source(string path, string word = "")
    {
        if (word.Length > 0 && Config.Sources.Find(path, word) is { } said)
        {
            return said.ToString();
        }
        return Config.Sources.Find(path) is { } place
            ? word.Length > 0 ? $"{place} (default)" : place.ToString() : word.Length > 0
                ? "(default)" : null;
    }

    /// <summary>The service that the snapshot's service was made of.</summary>
    public ServiceConfig? Service(VirtualService service)
        => Config.FindVirt(service.VirtId)?.Services.FirstOrDefault(
            candidate => candidate.Port == service.Port || service.Port == 0);

    private static string Named(string what, string? name)
        => string.IsNullOrEmpty(name) ? what : $"{what} ({name})";
}
