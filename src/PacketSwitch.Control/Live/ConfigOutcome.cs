// How an order about the configuration ended: the sentence for the operator, and what a program asks for. Made by LiveConfig.

using PacketSwitch.Control.Config;

namespace PacketSwitch.Control.Live;

/// <summary>The end of apply, save, revert, load and the like.</summary>
/// <param name="Done">False when nothing was changed.</param>
/// <param name="Message">What happened, or why it did not and what to do.</param>
public sealed record ConfigOutcome(bool Done, string Message)
{
    /// <summary>What is wrong with the configuration, and warnings about it.</summary>
    public IReadOnlyList<ConfigProblem> Problems { get; init; } = [];

    /// <summary>How many words changed.</summary>
    public int Changes { get; init; }

    /// <summary>What holds from the next start on only.</summary>
    public IReadOnlyList<string> AtNextStart { get; init; } = [];

    /// <summary>True when the configuration has errors.</summary>
    public bool IsInvalid => Problems.Any(problem => problem.IsError);
}
