// What the operator said about one default gateway. Passive data.

using PacketSwitch.Wire;

namespace PacketSwitch.Control.Config;

/// <summary>A default gateway (<c>gw N</c>).</summary>
public sealed record GatewayConfig(int Id)
{
    public string Path => $"gw {Id}";

    public IpAddress? Address { get; init; }

    public bool Enabled { get; init; }
}
