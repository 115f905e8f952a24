// Makes the explanation of a word that means nothing where it stands: what was probably meant, where
// the word belongs, what is accepted. MenuCursor asks it.

namespace PacketSwitch.Control.Config;

internal sealed record UnknownWord(string Message, string? Nearest, IReadOnlyList<string> Accepted)
{
    /// <summary>Set if the nearest word is a menu, which the cursor then takes for meant.</summary>
    public Menu? NearestMenu { get; init; }

    public MenuPosition? NearestUnder { get; init; }

    public static UnknownWord Explain(MenuPosition at, WordMatch match, string word, ConfigLine line)
    {
        string quoted = ProblemText.Quote(word);
        if (match.IsAmbiguous)
            return new UnknownWord($"{quoted} is short for {string.Join(" and ", match.Meanings)}{In(at)}", null, match.Meanings);

        // An unindented line may open a block as well as say a word of the menu it stands in.
        bool mayOpenBlock = line is { Indent: 0, HasPrompt: false };
        string[] here = mayOpenBlock && !at.IsRoot
            ? [.. at.Menu.Words, .. MenuPosition.Root.Menu.Words]
            : [.. at.Menu.Words];
        if (OwnersOf(word) is { Length: > 0 } owners)
            return new UnknownWord($"{quoted} is no word{In(at)} but one of {owners}", null, here);
        string? nearest = NearestWord.Find(word, at.Menu.Words, out int distance);
        MenuPosition context = at;
        if (NearestMenuAbove(at, word, distance, nearest) is { } above)
            (nearest, context) = above;
        string place = context == at && !(mayOpenBlock && nearest is null) ? In(at) : "";
        if (nearest is null)
            return new UnknownWord($"unknown word {quoted}{place}", null, here);
        Menu? menu = context.Menu.Children.FirstOrDefault(menu => menu.IsNamed(nearest));
        return new UnknownWord($"unknown word {quoted}{place}; did you mean '{nearest}'?", nearest, here)
        {
            NearestMenu = menu,
            NearestUnder = context,
        };
    }

    private static string In(MenuPosition at) => at.Description.Length == 0 ? "" : $" in {at.Description}";

    // Menus above are meant only where their name is nearer than any word of the menu itself.
    private static (string Word, MenuPosition At)? NearestMenuAbove(
        MenuPosition at, string word, int distance, string? nearest)
    {
        (string Word, MenuPosition At)? best = null;
        for (MenuPosition? above = at.Parent; above is not null; above = above.Parent)
        {
            MenuPosition place = above.IsRoot ? MenuPosition.Root : above;
            string? found = NearestWord.Find(word, place.Menu.Children.Select(menu => menu.Name), out int d);
            if (found is not null && (nearest is null || d < distance))
            {
                best = (found, place);
                (nearest, distance) = (found, d);
            }
        }
        return best;
    }

    // The objects that know exactly this word: "rip" at the top is a word of real.
    private static string OwnersOf(string word)
    {
        string[] owners = [.. MenuTree.WithWords
            .Where(menu => menu.Rows.Any(row => row.Canonical(word) is not null))
            .Select(menu => menu.Name)];
        return string.Join(", ", owners);
    }
}
