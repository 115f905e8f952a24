// Recognises what an Alteon itself writes between the commands of a pasted session: echoes of old
// and new values, what apply and save answer, and the menu it prints when one is opened. Such a
// line has no prompt and none of them is a command. ConfigParser asks for files, MenuSession for
// the shell.

namespace PacketSwitch.Control.Config;

/// <summary>Goes with one text; a menu that is being printed lasts over lines.</summary>
internal sealed class EchoLines
{
    // Each begins a sentence of the switch; a colon or the words behind tell it from a mistyped
    // command.
    private static readonly (string Start, string Has)[] Sentences =
    [
        ("Current ", ":"), ("New ", ":"), ("Pending ", ":"),
        ("Real server ", " added to "), ("Real server ", " removed from "),
        ("Apply complete", ""), ("No apply needed", ""), ("No save needed", ""),
        ("Request will first copy", ""), ("then overwrite FLASH", ""), ("Confirm ", "[y/n]"),
        ("New config", "saved"),
    ];

    private bool _isInMenu;

    /// <summary>True when the line is the switch's own, and means nothing.</summary>
    public bool IsEcho(ConfigLine line)
    {
        if (line.HasPrompt)
        {
            _isInMenu = false;
            return false;
        }
        string text = line.Command;
        if (text.StartsWith('[') && text.EndsWith(" Menu]", StringComparison.Ordinal))
        {
            _isInMenu = true;
            return true;
        }
        _isInMenu &= IsMenuLine(text) || IsRule(text);
        return _isInMenu || IsRule(text) || Array.Exists(Sentences, sentence =>
            text.StartsWith(sentence.Start, StringComparison.Ordinal)
            && text.Contains(sentence.Has, StringComparison.Ordinal));
    }

    // "rip      - Set IP addr of real server"
    private static bool IsMenuLine(string text)
    {
        string[] words = text.Split(' ', 3, StringSplitOptions.RemoveEmptyEntries);
        return words.Length == 3 && words[1] == "-";
    }

    private static bool IsRule(string text) => text.Length > 3 && text.All(c => c == '-');
}
