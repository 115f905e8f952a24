// Finds what a word means where a cursor stands: first in the current menu, then among the menus of
// the menus above, then from the root. Whole words and aliases win over abbreviations everywhere,
// so that "real 2" in a group's menu is the menu and not short for realthr.

namespace PacketSwitch.Control.Config;

internal static class MenuLookup
{
    public static WordMatch Find(MenuPosition at, string word, bool rootFirst, bool shortCommands)
    {
        WordMatch match = rootFirst ? WholeMenu(MenuPosition.Root, word) : WordMatch.None;
        if (!match.IsFound)
            match = Whole(at, word);
        if (!match.IsFound && Contains(MenuCommands.All, word))
            match = Command(word.ToLowerInvariant());
        if (!match.IsFound)
            match = Abbreviated(at, word, shortCommands);
        return match;
    }

    /// <summary>True if the whole word, without abbreviation, means something here.</summary>
    public static bool IsWord(MenuPosition at, string word) =>
        Whole(at, word).IsFound || Contains(MenuCommands.All, word);

    /// <summary>
    /// True if the word is a setting of the current menu and a menu of the root as well, and the
    /// setting stacked behind it belongs to that menu: "group 2/add 1" below a service.
    /// </summary>
    public static bool OpensMenuOfRoot(MenuPosition at, string word, string stackedWord)
    {
        Menu? menu = WholeMenu(MenuPosition.Root, word).Menu;
        return menu is not null && stackedWord.Length > 0
            && RowOf(at.Menu, word) is not null
            && RowOf(at.Menu, stackedWord) is null
            && RowOf(menu, stackedWord) is not null;
    }

    private static WordMatch Whole(MenuPosition at, string word)
    {
        WordRow? row = RowOf(at.Menu, word);
        if (row is not null)
            return new WordMatch(row.Canonical(word)!) { Row = row };
        for (MenuPosition? above = at; above is not null; above = above.Parent)
        {
            WordMatch match = WholeMenu(above, word);
            if (match.IsFound)
                return match;
        }
        return WholeMenu(MenuPosition.Root, word);
    }

    private static WordMatch WholeMenu(MenuPosition under, string word)
    {
        foreach (Menu menu in under.Menu.Children)
        {
            if (menu.IsNamed(word))
                return new WordMatch(menu.Name) { Menu = menu, Under = under };
        }
        return WordMatch.None;
    }

    private static WordRow? RowOf(Menu menu, string word)
    {
        foreach (WordRow row in menu.Rows)
        {
            if (row.Canonical(word) is not null)
                return row;
        }
        return null;
    }

    private static WordMatch Abbreviated(MenuPosition at, string word, bool shortCommands)
    {
        WordMatch match = Unique(at.Menu.Words, word);
        if (match.IsFound || match.IsAmbiguous)
            return match.IsAmbiguous ? match : Whole(at, match.Word);
        MenuPosition? above = at.Parent ?? MenuPosition.Root;
        for (; above is not null; above = above.Parent)
        {
            match = Unique(above.Menu.Children.Select(menu => menu.Name), word);
            if (match.IsAmbiguous)
                return match;
            if (match.IsFound)
                return WholeMenu(above, match.Word);
        }
        if (!shortCommands)
            return WordMatch.None;
        match = Unique(MenuCommands.All, word);
        return match.IsFound ? Command(match.Word) : match;
    }

    private static WordMatch Unique(IEnumerable<string> words, string word)
    {
        string[] meant = [.. words
            .Where(name => name.StartsWith(word, StringComparison.OrdinalIgnoreCase))];
        return meant.Length switch
        {
            0 => WordMatch.None,
            1 => Command(meant[0]),
            _ => new WordMatch(word) { Meanings = meant },
        };
    }

    private static WordMatch Command(string word) => new(word) { Command = word };

    private static bool Contains(IEnumerable<string> words, string word) =>
        words.Contains(word, StringComparer.OrdinalIgnoreCase);
}
