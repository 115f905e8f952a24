// What a menu offers, as `help` and `print` show it.

using System.Globalization;
using System.Text;

namespace PacketSwitch.Shell;

/// <summary>Menus as text.</summary>
internal static class MenuText
{
    private const int Columns = 76;
    private const string Commands =
        "apply, save, revert, revert apply, diff, diff flash, cur, dump, confirm, .., /, help, pwd, exit; /cfg /info /stats /oper /maint";

    /// <summary>An operational menu.</summary>
    public static string Of(ShellNode menu)
    {
        var text = new StringBuilder($"[{(menu.Title.Length == 0 ? "Main" : menu.Title)} Menu]\n");
        foreach (ShellNode child in menu.Children)
            text.Append(CultureInfo.InvariantCulture, $"  {child.Name,-8} - {child.Help}\n");
        return text.ToString();
    }

    /// <summary>A configuration menu: its words, and the commands that are known everywhere.</summary>
    public static string Of(string title, IReadOnlyList<string> words)
    {
        var text = new StringBuilder($"[{title} Menu]\n ");
        int column = 1;
        foreach (string word in words)
        {
            if (column + word.Length > Columns)
            {
                text.Append("\n ");
                column = 1;
            }
            text.Append(' ').Append(word);
            column += word.Length + 1;
        }
        return text.Append("\neverywhere: ").Append(Commands).Append('\n').ToString();
    }
}
