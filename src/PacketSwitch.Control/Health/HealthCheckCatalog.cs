// The ways to check a server, one row each. To add one: a file in Checks/, a row here, a word in ValueKinds.

using PacketSwitch.Control.Config;

namespace PacketSwitch.Control.Health;

/// <summary>What is known of a way to check.</summary>
/// <param name="Kind">Its word.</param>
/// <param name="Name">Its word as text.</param>
/// <param name="HasPort">It asks a port; else the server as a whole.</param>
/// <param name="HasContent">The group's <c>content</c> says what it asks for.</param>
/// <param name="GoesThroughVip">It can ask a DSR server at the VIP.</param>
/// <param name="Run">Does it. What comes too late is cancelled; what it throws is a failed check.</param>
internal sealed record HealthCheckRow(
    HealthCheckKind Kind, string Name, bool HasPort, bool HasContent, bool GoesThroughVip,
    Func<CheckTarget, CancellationToken, Task<CheckAnswer>> Run);

/// <summary>All ways to check.</summary>
internal static class HealthCheckCatalog
{
    private static readonly HealthCheckRow[] Rows =
    [
        new(HealthCheckKind.Tcp, "tcp", true, false, true, TcpCheck.RunAsync),
        new(HealthCheckKind.Tls, "tls", true, false, true, TlsCheck.RunAsync),
        new(HealthCheckKind.Http, "http", true, true, true, HttpCheck.GetAsync),
        new(HealthCheckKind.HttpHead, "httphead", true, true, true, HttpCheck.HeadAsync),
        new(HealthCheckKind.Icmp, "icmp", false, false, true, IcmpCheck.RunAsync),
        new(HealthCheckKind.Arp, "arp", false, false, false, ArpCheck.RunAsync),
        new(HealthCheckKind.Udp, "udp", true, false, true, UdpCheck.RunAsync),
        new(HealthCheckKind.Dns, "dns", true, true, true, DnsCheck.RunAsync),
        new(HealthCheckKind.Script, "script", true, true, false, ScriptCheck.RunAsync),
    ];

    /// <summary>The row of a kind that checks something.</summary>
    public static HealthCheckRow Row(HealthCheckKind kind) => Array.Find(Rows, row => row.Kind == kind)!;

    /// <summary>The word of a kind.</summary>
    public static string NameOf(HealthCheckKind kind) => kind == HealthCheckKind.None ? "none" : Row(kind).Name;
}
