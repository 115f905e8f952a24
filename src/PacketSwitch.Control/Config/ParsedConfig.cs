// What reading a configuration text gave.

namespace PacketSwitch.Control.Config;

/// <summary>The configuration as far as it was understood, and the problems in it.</summary>
public sealed record ParsedConfig(SwitchConfig Config, IReadOnlyList<ConfigProblem> Problems)
{
    /// <summary>
    /// Numbers of the lines under an unknown block; no problem but the block's tells of them.
    /// </summary>
    public IReadOnlyList<int> SkippedLines { get; init; } = [];

    public bool HasErrors => Problems.Any(problem => problem.IsError);
}
