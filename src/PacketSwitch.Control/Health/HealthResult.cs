// The result of one check: made by the checks, kept by CheckRun, shown by status and events.

namespace PacketSwitch.Control.Health;

/// <summary>What a check found.</summary>
/// <param name="Status">The code.</param>
/// <param name="Detail">What else there is to say, such as <c>refused</c>; may be empty.</param>
/// <param name="Took">How long the check took.</param>
public readonly record struct HealthResult(HealthStatus Status, string Detail, TimeSpan Took)
{
    /// <summary>There has been no check yet.</summary>
    public static HealthResult None { get; } = new(HealthStatus.None, "", TimeSpan.Zero);

    /// <summary>The server is well, as far as the check can tell.</summary>
    public bool IsSuccess => Status is HealthStatus.L2OK or HealthStatus.L3OK or HealthStatus.L4OK or HealthStatus.L6OK
        or HealthStatus.L7OK or HealthStatus.PROCOK;

    public override string ToString() => Detail.Length == 0 ? $"{Status}" : $"{Status} {Detail}";
}
