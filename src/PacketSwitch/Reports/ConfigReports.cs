// What the configuration's orders answer, as data. Made by ConfigRoutes from LiveConfig's outcomes.

namespace PacketSwitch.Reports;

/// <summary>How apply, save, revert, load or an edit ended.</summary>
internal sealed record OutcomeReport
{
    public int Schema { get; init; } = 1;
    public required bool Done { get; init; }
    public required string Message { get; init; }
    public required int Changes { get; init; }
    public required int Pending { get; init; }
    public required int Unsaved { get; init; }
    public required IReadOnlyList<string> AtNextStart { get; init; }
    public required IReadOnlyList<ProblemReport> Problems { get; init; }
}

/// <summary>A problem of a configuration; <see cref="Text"/> is all of it as a person reads it.</summary>
internal sealed record ProblemReport(string Severity, string File, int Line, int Column, string Message, string Text);

/// <summary>A difference of two configurations, in commands.</summary>
internal sealed record DiffReport(string From, string To, int Changes, IReadOnlyList<DiffObject> Objects)
{
    public int Schema { get; init; } = 1;
}

/// <summary>An object that differs: the menu's command, what stood there, and what leads to the new configuration.</summary>
internal sealed record DiffObject(string Path, IReadOnlyList<string> Before, IReadOnlyList<string> Commands, string Text);

/// <summary>Events, oldest first. <see cref="Last"/> is the number to ask on from.</summary>
internal sealed record EventsReport(long Last, IReadOnlyList<EventRow> Events)
{
    public int Schema { get; init; } = 1;
}

/// <summary>An event.</summary>
internal sealed record EventRow(long Number, string Time, string Kind, string Object, string Message);

/// <summary>An order to a real server that was carried out.</summary>
internal sealed record OperReport(int Real, string Oper, int Sessions, string Message)
{
    public int Schema { get; init; } = 1;
}

/// <summary>Why a request was refused, as one line.</summary>
internal sealed record RefusalReport(string Error);

/// <summary>A line of the shell, executed.</summary>
internal sealed record ShellReport
{
    public int Schema { get; init; } = 1;
    public required string Session { get; init; }

    /// <summary>What the prompt shows, its marks and its closing sign included.</summary>
    public required string Prompt { get; init; }
    public required string Output { get; init; }

    /// <summary>0, or the exit code that a script ends with because of this line.</summary>
    public required int ExitCode { get; init; }

    /// <summary>True after <c>exit</c> or <c>quit</c>.</summary>
    public required bool Ends { get; init; }
    public required int Pending { get; init; }
}

/// <summary>A line for the shell.</summary>
internal sealed record ShellRequest(string Session, string Line);
