// What reading a configuration text gave.

namespace PacketSwitch.Control.Config;

/// <summary>The configuration as far as it was understood, and the problems in it.</summary>
public sealed record ParsedConfig(SwitchConfig Config, IReadOnlyList<ConfigProblem> Problems)
{
    public bool HasErrors => Problems.Any(problem => problem.IsError);
}
