// What `sessions` says, as data. Made by SessionReader, printed by SessionsText.

namespace PacketSwitch.Reports;

/// <summary>Sessions that match the selectors.</summary>
/// <param name="Matched">How many match; more than are listed when a limit was given.</param>
/// <param name="Total">Sessions in all.</param>
/// <param name="Sessions">Those that are listed.</param>
internal sealed record SessionsReport(int Matched, int Total, IReadOnlyList<SessionRow> Sessions)
{
    public int Schema { get; init; } = 1;
}

/// <summary>A session.</summary>
internal sealed record SessionRow
{
    public required string Proto { get; init; }

    /// <summary>Seconds of silence until it ends.</summary>
    public required long ExpireS { get; init; }
    public required string State { get; init; }
    public required string Client { get; init; }
    public required int ClientPort { get; init; }
    public required string Vip { get; init; }
    public required int VipPort { get; init; }
    public required string Rip { get; init; }
    public required int Rport { get; init; }

    /// <summary>The proxy address and port of client NAT; empty and 0 without it.</summary>
    public required string Pip { get; init; }
    public required int Pport { get; init; }
    public required int Real { get; init; }
    public required string RealName { get; init; }
    public required int Virt { get; init; }
    public required int Port { get; init; }
    public required long PacketsIn { get; init; }
    public required long PacketsOut { get; init; }
    public required long BytesIn { get; init; }
    public required long BytesOut { get; init; }
    public required long AgeS { get; init; }

    /// <summary>E in use, N only MACs translated, P bound to its server (ALTEON.md section 6), K
    /// carried by the kernel.</summary>
    public required string Flags { get; init; }
}

/// <summary>How many sessions were told to end.</summary>
internal sealed record KillReport(int Ended, string Message)
{
    public int Schema { get; init; } = 1;
}
