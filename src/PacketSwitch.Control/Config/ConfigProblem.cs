// One thing that is wrong with a configuration, with all that a person needs to mend it. Parser and
// validator make it; ProblemText prints it; ConfigJson writes it.

namespace PacketSwitch.Control.Config;

/// <summary>An error or a warning about a configuration.</summary>
public sealed record ConfigProblem(
    ProblemSeverity Severity, SourceLocation Location, string Message)
{
    /// <summary>The line it is about, as it was written; empty if it is about no line.</summary>
    public string LineText { get; init; } = "";

    /// <summary>The known word nearest to an unknown one, or null.</summary>
    public string? Nearest { get; init; }

    /// <summary>What may stand there; empty if that cannot be listed.</summary>
    public IReadOnlyList<string> Accepted { get; init; } = [];

    public bool IsError => Severity == ProblemSeverity.Error;
}
