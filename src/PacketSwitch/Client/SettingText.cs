// Arguments of a command line as settings stacked on one line of the configuration's grammar: `weight 3 name web1 ena` becomes
// `/weight 3/name web1/ena`.

using System.Text;

namespace PacketSwitch.Client;

/// <summary>Settings from arguments.</summary>
internal static class SettingText
{
    private static readonly string[] WithoutValue = ["ena", "dis", "enable", "disable"];

    public static string Stacked(IReadOnlyList<string> words)
    {
        var text = new StringBuilder();
        for (int i = 0; i < words.Count; i++)
        {
            text.Append('/').Append(words[i]);
            if (!WithoutValue.Contains(words[i], StringComparer.OrdinalIgnoreCase) && i + 1 < words.Count)
                text.Append(' ').Append(Quoted(words[++i]));
        }
        return text.ToString();
    }

    /// <summary>A value as the grammar takes it: in quotes where it would end too soon.</summary>
    public static string Quoted(string value)
        => value.AsSpan().IndexOfAny(" \t/#;\"") < 0 || value.Contains('/') && !value.Contains(' ') && char.IsAsciiDigit(value[0])
            ? value : $"\"{value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}
