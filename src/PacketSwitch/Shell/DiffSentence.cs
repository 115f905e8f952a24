// The closing line of a difference. Used by the shell and the diff command.

namespace PacketSwitch.Shell;

/// <summary>What a difference means.</summary>
internal static class DiffSentence
{
    public static string Of(int changes, bool fromSaved, int sessions)
    {
        string counted = changes == 1 ? "1 change" : $"{changes} changes";
        if (fromSaved)
            return changes == 0 ? "Running = saved." : $"{counted} running, not saved.";
        string live = sessions == 1 ? "1 live session keeps its server" : $"{sessions} live sessions keep their servers";
        return changes == 0 ? "Nothing is pending."
            : $"{counted} pending. {live} where that stays configured; new sessions follow the new configuration.";
    }
}
