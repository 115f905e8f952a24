// What a word turned out to be. Exactly one of menu, row and command is set, or none: then the word
// is unknown, or ambiguous if there are several meanings.

namespace PacketSwitch.Control.Config;

internal sealed record WordMatch(string Word)
{
    public static WordMatch None { get; } = new("");

    public Menu? Menu { get; init; }

    /// <summary>The position that <see cref="Menu"/> hangs under.</summary>
    public MenuPosition? Under { get; init; }

    public WordRow? Row { get; init; }

    public string? Command { get; init; }

    public IReadOnlyList<string> Meanings { get; init; } = [];

    public bool IsFound => Menu is not null || Row is not null || Command is not null;

    public bool IsAmbiguous => Meanings.Count > 1;
}
