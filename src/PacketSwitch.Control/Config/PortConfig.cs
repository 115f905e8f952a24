// What the operator said about one port of the switch. Passive data.

namespace PacketSwitch.Control.Config;

/// <summary>A port (<c>port N</c>): an interface and its roles.</summary>
public sealed record PortConfig(int Id)
{
    public string Path => $"port {Id}";

    /// <summary>The network interface, or empty while none is said.</summary>
    public string Interface { get; init; } = "";

    /// <summary>The processor that its loop is pinned to; null means any.</summary>
    public int? Cpu { get; init; }

    /// <summary>Loops that receive on it, each a share of its flows; more than one only through
    /// the packet ring.</summary>
    public int Loops { get; init; } = 1;

    public bool Client { get; init; }

    public bool Server { get; init; }
}
