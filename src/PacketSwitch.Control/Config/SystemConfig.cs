// The words of the menu sys, which describe the machine rather than its balancing. Passive data.

namespace PacketSwitch.Control.Config;

/// <summary>The settings of <c>sys</c>.</summary>
public sealed record SystemConfig
{
    public const string Path = "sys";

    public string Name { get; init; } = "";

    /// <summary>Null means derived from the lowest-numbered port's address.</summary>
    public SwitchMac? Mac { get; init; }

    /// <summary>
    /// Address and port of the web server (<c>127.0.0.1:8080</c>), or empty for none.
    /// </summary>
    public string Web { get; init; } = "";

    /// <summary>Capacity of the session table.</summary>
    public int Sessions { get; init; } = 1_048_576;

    /// <summary>Long connections are carried by the kernel, where it can.</summary>
    public bool Offload { get; init; } = true;
}
