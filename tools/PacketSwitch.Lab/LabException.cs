// A failure that a person can understand: one line and the exit code that goes with it. Thrown
// anywhere in the lab, caught in Program, or by a step, whose line it then becomes.
namespace PacketSwitch.Lab;

internal sealed class LabException(string message, int exitCode = 1) : Exception(message)
{
    public int ExitCode { get; } = exitCode;
}
