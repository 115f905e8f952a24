// One menu of the command tree: its name, the words in it, the menus under it, and how the object
// it edits is found in a candidate. MenuTree holds them all; they never change.

namespace PacketSwitch.Control.Config;

internal sealed class Menu(string name, string title)
{
    public string Name { get; } = name;

    /// <summary>What the shell's prompt says; the number of the object is appended.</summary>
    public string Title { get; } = title;

    public string[] Aliases { get; init; } = [];

    /// <summary>What is asked for when the number is left out.</summary>
    public string Question { get; init; } = "";

    /// <summary>The highest number of an object; 0 for a menu without numbers.</summary>
    public int MostId { get; init; }

    public bool IsService { get; init; }

    /// <summary>The path of a menu without number that has words of its own.</summary>
    public string OwnPath { get; init; } = "";

    public IReadOnlyList<WordRow> Rows { get; init; } = [];

    public IReadOnlyList<Menu> Children { get; set; } = [];

    /// <summary>A new object with every default.</summary>
    public Func<MenuPosition, object>? Create { get; init; }

    /// <summary>The object in the candidate, or null if there is none yet.</summary>
    public Func<ConfigCandidate, MenuPosition, object?>? Load { get; init; }

    public Action<ConfigCandidate, MenuPosition, object>? Store { get; init; }

    public Action<ConfigCandidate, MenuPosition>? Delete { get; init; }

    public Func<ConfigCandidate, string, int?>? FindByName { get; init; }

    public bool HasNumber => MostId > 0;

    public bool IsNamed(string word) =>
        string.Equals(word, Name, StringComparison.OrdinalIgnoreCase)
        || Aliases.Contains(word, StringComparer.OrdinalIgnoreCase);

    /// <summary>The words of this menu in table order, then its menus.</summary>
    public IEnumerable<string> Words =>
        Rows.SelectMany(row => row.Words).Concat(Children.Select(menu => menu.Name));
}
