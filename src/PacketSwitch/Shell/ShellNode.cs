// A menu or a command of the operational menus (/info, /stats, /oper, /maint). The whole tree is literals in OperationalMenus, so that it can be
// read on one screen.

namespace PacketSwitch.Shell;

/// <summary>A word under a menu: another menu, or a command with <paramref name="Run"/>.</summary>
/// <param name="Name">The word; unique prefixes are accepted.</param>
/// <param name="Help">What it shows or does, in a few words.</param>
internal sealed record ShellNode(string Name, string Help)
{
    /// <summary>What the prompt says in this menu.</summary>
    public string Title { get; init; } = "";

    public ShellNode[] Children { get; init; } = [];

    /// <summary>Runs the command with the words behind it.</summary>
    public Func<ShellContext, string[], string>? Run { get; init; }

    /// <summary>The child that a word means; null with a sentence when there is none, or more than one.</summary>
    public ShellNode? Find(string word, out string problem)
    {
        problem = "";
        ShellNode? whole = Array.Find(Children, child => child.Name.Equals(word, StringComparison.OrdinalIgnoreCase));
        if (whole is not null)
            return whole;
        ShellNode[] meant = Array.FindAll(Children, child => child.Name.StartsWith(word, StringComparison.OrdinalIgnoreCase));
        if (meant.Length == 1)
            return meant[0];
        string[] names = [.. Children.Select(child => child.Name)];
        string? nearest = Control.Config.NearestWord.Find(word, names);
        problem = meant.Length > 1
            ? $"'{word}' may be {string.Join(" or ", meant.Select(one => one.Name))}"
            : nearest is not null ? $"unknown word '{word}'; did you mean '{nearest}'?"
            : $"unknown word '{word}'; here are {string.Join(", ", names)}";
        return null;
    }
}

/// <summary>What a shell command may use.</summary>
/// <param name="Api">The running switch.</param>
/// <param name="MayChange">False on the reader's socket.</param>
internal sealed record ShellContext(Api.ControlApi Api, bool MayChange);

/// <summary>A command that could not be carried out: one line and the exit code of a script.</summary>
internal sealed class ShellRefusal(string message, int exitCode = 1) : Exception(message)
{
    public int ExitCode { get; } = exitCode;
}
