// Makes the explanation of a word that means nothing where it stands: what was probably meant,
// where the word belongs, what is accepted. MenuCursor asks it.

namespace PacketSwitch.Control.Config;

internal sealed record UnknownWord(string Message, string? Nearest, IReadOnlyList<string> Accepted)
{
    /// <summary>Set if the nearest word is a menu, which the cursor then takes for meant.</summary>
    public Menu? NearestMenu { get; init; }

    public MenuPosition? NearestUnder { get; init; }

    /// <summary>
    /// <paramref name="mayOpenBlock"/> says that the word begins an unindented line, which may open
    /// a block as well as say a word of the menu it stands in.
    /// </summary>
    public static UnknownWord Explain(
        MenuPosition at, WordMatch match, string word, bool mayOpenBlock)
    {
        string quoted = ProblemText.Quote(word);
        if (match.IsAmbiguous)
            return new UnknownWord(
                $"{quoted} is ambiguous: {string.Join(" or ", match.Meanings)}",
                null, match.Meanings);

        string[] here = [.. at.Menu.Words];
        string[] everywhere = at.IsRoot || !mayOpenBlock ? here : [.. here, .. MenuTree.Root.Words];
        if (OwnersOf(word) is { Length: > 0 } owners)
            return new UnknownWord(at.IsRoot
                ? $"{quoted} is a word of {owners}; open it first"
                : $"{quoted} is a word of {owners}, not of {at.Description}", null, everywhere);
        string? nearest = NearestWord.Find(word, here, out int distance);
        MenuPosition context = at;
        if (NearestMenuAbove(at, word, distance, nearest) is { } above)
            (nearest, context) = above;
        if (nearest is null)
        {
            string where = mayOpenBlock || at.IsRoot ? "" : $" in {at.Description}";
            return new UnknownWord($"unknown word {quoted}{where}", null, everywhere);
        }
        string place = context == at && !at.IsRoot ? $" in {at.Description}" : "";
        return new UnknownWord(
            $"unknown word {quoted}{place}; did you mean '{nearest}'?",
            nearest, [.. context.Menu.Words])
        {
            NearestMenu = context.Menu.Children.FirstOrDefault(menu => menu.IsNamed(nearest)),
            NearestUnder = context,
        };
    }

    // Menus above are meant only where their name is nearer than any word of the menu itself.
    private static (string Word, MenuPosition At)? NearestMenuAbove(
        MenuPosition at, string word, int distance, string? nearest)
    {
        (string Word, MenuPosition At)? best = null;
        for (MenuPosition? above = at.Parent; above is not null; above = above.Parent)
        {
            MenuPosition place = above.IsRoot ? MenuPosition.Root : above;
            string? found = NearestWord.Find(
                word, place.Menu.Children.Select(menu => menu.Name), out int d);
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
