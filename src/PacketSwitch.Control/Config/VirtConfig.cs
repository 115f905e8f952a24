// What the operator said about one virtual server. Passive data.

using PacketSwitch.Wire;

namespace PacketSwitch.Control.Config;

/// <summary>A virtual server (<c>virt N</c>) with its services, by ascending port.</summary>
public sealed record VirtConfig(int Id)
{
    public string Path => $"virt {Id}";

    public string Name { get; init; } = "";

    /// <summary>The VIP; a validated configuration has it.</summary>
    public IpAddress? Address { get; init; }

    /// <summary>The word <c>layr3</c>: every port is balanced.</summary>
    public bool AnyPort { get; init; }

    /// <summary>The word <c>creset</c>: a RST answers a SYN to a wrong port.</summary>
    public bool ResetWrongPort { get; init; }

    public bool Enabled { get; init; }

    public ConfigList<ServiceConfig> Services { get; init; } = [];
}
