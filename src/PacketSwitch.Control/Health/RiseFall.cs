// How single results become a state: a pure function, so that it can be tested against published vectors. Used by CheckRun. The
// first result counts as it is; afterwards it takes so many equal results in a row to change the state.

namespace PacketSwitch.Control.Health;

/// <summary>What the results so far amount to.</summary>
/// <param name="IsUp">Null before the first result.</param>
/// <param name="LastSucceeded">The last result.</param>
/// <param name="InRow">Results in a row that were like the last one.</param>
public readonly record struct CheckState(bool? IsUp, bool LastSucceeded, int InRow)
{
    /// <summary>No result yet.</summary>
    public static CheckState Unknown { get; }

    /// <summary>No result yet, but the server is in service: it takes failures to change that.</summary>
    public static CheckState TakenAsUp { get; } = new(true, true, 0);

    /// <summary>Failures in a row, 0 after a success.</summary>
    public int FailedInRow => LastSucceeded ? 0 : InRow;

    /// <summary>Successes in a row, 0 after a failure.</summary>
    public int SucceededInRow => LastSucceeded ? InRow : 0;
}

/// <summary>How many results in a row change the state.</summary>
/// <param name="Rise">Successes to up (<c>restr</c>).</param>
/// <param name="Fall">Failures to down (<c>retry</c>).</param>
public readonly record struct RiseFall(int Rise, int Fall)
{
    /// <summary>The state after one more result.</summary>
    public CheckState Next(CheckState state, bool succeeded)
    {
        bool continues = state.InRow > 0 && state.LastSucceeded == succeeded;
        int inRow = continues ? Math.Min(state.InRow, int.MaxValue - 1) + 1 : 1;
        bool isUp = state.IsUp switch
        {
            null => succeeded,
            true => succeeded || inRow < Fall,
            false => succeeded && inRow >= Rise,
        };
        return new CheckState(isUp, succeeded, inRow);
    }
}
