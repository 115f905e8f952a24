// What `status` says, as data: the text and the JSON come from the same object. Made by StatusReader in the running switch, sent by the
// control socket, printed by StatusText.

namespace PacketSwitch.Reports;

/// <summary>The state of a running switch.</summary>
internal sealed record StatusReport
{
    public int Schema { get; init; } = 1;
    public required string Name { get; init; }
    public required string Version { get; init; }
    public required int Pid { get; init; }
    public required long UptimeS { get; init; }
    public required bool Slb { get; init; }
    public required bool Dam { get; init; }
    public required ConfigStatus Config { get; init; }
    public required SessionsStatus Sessions { get; init; }
    public required IReadOnlyList<PortStatus> Ports { get; init; }
    public required IReadOnlyList<VirtStatus> Virts { get; init; }
    public required IReadOnlyList<GroupStatus> Groups { get; init; }
    public required IReadOnlyList<RealStatus> Reals { get; init; }

    /// <summary>What is wrong, a sentence each; empty when nothing is.</summary>
    public required IReadOnlyList<string> Problems { get; init; }
}

/// <summary>Candidate, running and saved configuration.</summary>
/// <param name="Pending">Changes that do not run yet.</param>
/// <param name="Unsaved">Changes that run and are not in the file.</param>
/// <param name="ConfirmS">Seconds until an apply goes back by itself; 0 when none waits to be confirmed.</param>
/// <param name="File">The configuration file.</param>
internal sealed record ConfigStatus(int Pending, int Unsaved, long ConfirmS, string File);

/// <summary>Sessions of both address families, and how many each may have.</summary>
internal sealed record SessionsStatus(int Current, int Max, long Opened);

/// <summary>A port. State: <c>up</c>, <c>down</c>, or <c>next-start</c> for one that is not open yet.</summary>
internal sealed record PortStatus
{
    public required int Id { get; init; }
    public required string Interface { get; init; }
    public required bool Client { get; init; }
    public required bool Server { get; init; }
    public required string State { get; init; }
    public required long PacketsIn { get; init; }
    public required long PacketsOut { get; init; }
    public required long PpsIn { get; init; }
    public required long PpsOut { get; init; }
}

/// <summary>A virtual server.</summary>
internal sealed record VirtStatus(
    int Id, string Name, string Vip, bool Enabled, IReadOnlyList<ServiceStatus> Services);

/// <summary>A virtual service. State: <c>up</c>, <c>degraded</c>, <c>backup</c>, <c>down</c> or <c>disabled</c>.</summary>
internal sealed record ServiceStatus
{
    public required int Port { get; init; }
    public required int Rport { get; init; }
    public required string Proto { get; init; }
    public required int Group { get; init; }
    public required string Metric { get; init; }
    public required string Mode { get; init; }
    public required string State { get; init; }
    public required int RealsUp { get; init; }
    public required int Reals { get; init; }
    public required int Sessions { get; init; }
}

/// <summary>A server group.</summary>
internal sealed record GroupStatus(
    int Id, string Name, string Metric, string Health, string Backup, IReadOnlyList<int> Members, int MembersUp);

/// <summary>
/// A real server. State: <c>up</c>, <c>waiting</c> (for its first check), <c>failed</c>, <c>disabled</c>, <c>draining</c>, <c>standby</c>
/// (only a backup so far) or <c>overloaded</c>.
/// </summary>
internal sealed record RealStatus
{
    public required int Id { get; init; }
    public required string Name { get; init; }
    public required string Rip { get; init; }
    public required int Rport { get; init; }
    public required int Weight { get; init; }

    /// <summary>What the configuration says: <c>ena</c> or <c>dis</c>.</summary>
    public required string Admin { get; init; }

    /// <summary>What an operator has ordered: <c>none</c>, <c>drain</c>, <c>persist</c> or <c>out</c>.</summary>
    public required string Oper { get; init; }
    public required string State { get; init; }
    public required string Since { get; init; }
    public required long SinceS { get; init; }
    public required CheckStatus Check { get; init; }
    public required RealSessions Sessions { get; init; }
    public required long Pps { get; init; }
}

/// <summary>The last health check; empty results when there was none.</summary>
/// <param name="Type">The kind of check.</param>
/// <param name="Result">Its code.</param>
/// <param name="Info">What else there is to say.</param>
/// <param name="Failed">Failures in a row.</param>
/// <param name="Retry">Failures in a row that take it out of service.</param>
/// <param name="Ms">How long it took.</param>
/// <param name="Failures">Failures since the start.</param>
internal sealed record CheckStatus(
    string Type, string Result, string Info, int Failed, int Retry, double Ms, long Failures = 0);

/// <summary>Sessions of a real server.</summary>
internal sealed record RealSessions(int Current, long Total, int Highest);
