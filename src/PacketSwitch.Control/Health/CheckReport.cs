// What status and the shell show of a real server's health: immutable records, made on request, to be read on any thread.

namespace PacketSwitch.Control.Health;

/// <summary>One check as a person reads it.</summary>
/// <param name="Check">What is checked: <c>tcp 192.0.2.7:8080</c>.</param>
/// <param name="IsUp">What the results amount to; null before the first.</param>
/// <param name="Status">The last result.</param>
/// <param name="Detail">What else it says.</param>
/// <param name="TookMs">How long it took.</param>
/// <param name="At">When it came; null before the first.</param>
/// <param name="FailedInRow">Failures in a row.</param>
/// <param name="FailuresToDown">So many make it fail (<c>retry</c>).</param>
/// <param name="SucceededInRow">Successes in a row.</param>
/// <param name="SuccessesToUp">So many bring it back (<c>restr</c>).</param>
/// <param name="Failures">Failures since it is checked.</param>
public sealed record CheckReport(
    string Check, bool? IsUp, HealthStatus Status, string Detail, double TookMs, DateTimeOffset? At,
    int FailedInRow, int FailuresToDown, int SucceededInRow, int SuccessesToUp, long Failures);

/// <summary>A real server's health.</summary>
/// <param name="Real">Its number.</param>
/// <param name="IsEnabled">The configuration says <c>ena</c>.</param>
/// <param name="IsUp">It is in service, as far as health goes.</param>
/// <param name="IsChecked">False where there is nothing to check: it is up while it is enabled.</param>
/// <param name="IsWaiting">It waits for its first result.</param>
/// <param name="SinceNs">When the state began, by the switch's clock; null: it has always been so.</param>
/// <param name="Checks">Its checks.</param>
public sealed record RealHealthReport(
    int Real, bool IsEnabled, bool IsUp, bool IsChecked, bool IsWaiting, long? SinceNs,
    IReadOnlyList<CheckReport> Checks);
