// Which sessions are meant: the selectors of `sessions` and of /info/slb/sess. Read from a query string and applied by SessionReader.

using PacketSwitch.Wire;

namespace PacketSwitch.Reports;

/// <summary>Conditions that a session must meet, all of them; null means any.</summary>
internal sealed record SessionSelector
{
    public IpAddress? ClientIp { get; init; }
    public int? ClientPort { get; init; }
    public IpAddress? VirtualIp { get; init; }
    public int? VirtualPort { get; init; }
    public int? Real { get; init; }
    public int? Virt { get; init; }

    /// <summary>Number of the port its client is behind.</summary>
    public int? Port { get; init; }
    public string? State { get; init; }
    public string? Flag { get; init; }
    public TimeSpan? OlderThan { get; init; }

    /// <summary>True when nothing is asked for: every session matches.</summary>
    public bool IsEmpty => this == new SessionSelector();

    public bool Matches(SessionRow row)
        => (ClientIp is null || ClientIp.Value.ToString() == row.Client)
            && (ClientPort is null || ClientPort == row.ClientPort)
            && (VirtualIp is null || VirtualIp.Value.ToString() == row.Vip)
            && (VirtualPort is null || VirtualPort == row.VipPort)
            && (Real is null || Real == row.Real)
            && (Virt is null || Virt == row.Virt)
            && (Port is null || Port == row.Port)
            && (State is null || string.Equals(State, row.State, StringComparison.OrdinalIgnoreCase))
            && (Flag is null || row.Flags.Contains(Flag, StringComparison.OrdinalIgnoreCase))
            && (OlderThan is null || OlderThan.Value.TotalSeconds <= row.AgeS);
}
