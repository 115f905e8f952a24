// What a configuration is wanted for; it decides how bad a port without interface is.

namespace PacketSwitch.Control.Config;

public enum ConfigUse
{
    /// <summary>Looked at only: a port may still lack its interface, with a warning.</summary>
    Check,

    /// <summary>About to run: every port needs its interface.</summary>
    Run,

    /// <summary>Files stand in for the interfaces.</summary>
    Replay,
}
