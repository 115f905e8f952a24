// How bad a problem of a configuration is.

namespace PacketSwitch.Control.Config;

public enum ProblemSeverity
{
    /// <summary>The configuration can run; something in it is probably not meant.</summary>
    Warning,

    /// <summary>The configuration is never run.</summary>
    Error,
}
