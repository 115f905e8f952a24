// One line of a scenario that does or expects something. Made by Scenario, carried out by ScenarioRunner.

namespace PacketSwitch.Tests.Scenarios;

/// <summary>A line of a scenario, comment and indentation removed.</summary>
/// <param name="Number">Its number in the file, from 1.</param>
/// <param name="Text">Its text; addresses are still those of the file.</param>
/// <param name="Times">How often it is carried out (<c>65 times ...</c>).</param>
internal sealed record ScenarioStep(int Number, string Text, int Times)
{
    /// <summary>Configuration lines that stood indented below it (<c>apply</c>); addresses are still those of the file.</summary>
    public List<string> Config { get; } = [];

    public string[] Words => Text.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>True for a line about a frame: a port, and an arrow into or out of the switch.</summary>
    public bool IsFrame => Words is [_, ">" or "<", ..];

    /// <summary>True for a line about a frame that leaves the switch.</summary>
    public bool IsOutput => Words is [_, "<", ..];
}
