// Why a port or a file could not be opened or written, as one line for a person and the exit code
// that goes with it. Made where the cause is known; printed by the command that asked. Nothing is
// thrown for these.

namespace PacketSwitch.PacketIo;

/// <summary>One line: what, where and what to do, with the exit code of the program.</summary>
public sealed record PortProblem(string Message, int ExitCode)
{
    /// <summary>The environment is not as the configuration says: a missing interface.</summary>
    public const int Environment = 1;

    /// <summary>A file or a command-line value cannot be used.</summary>
    public const int Usage = 2;

    /// <summary>A permission or a library is missing.</summary>
    public const int Unavailable = 5;

    /// <inheritdoc/>
    public override string ToString() => Message;
}
