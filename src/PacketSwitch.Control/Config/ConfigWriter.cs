// Writes a configuration in its one canonical form: blocks with absolute paths, indented words, no
// defaults. save, dump and diff use it. Reading what it writes gives an equal configuration.

using System.Text;

namespace PacketSwitch.Control.Config;

/// <summary>Configuration to text.</summary>
public static class ConfigWriter
{
    private const string Indent = "    ";

    /// <summary>The canonical text; with <paramref name="defaults"/> every word is said.</summary>
    public static string Write(SwitchConfig config, bool defaults = false)
    {
        var text = new StringBuilder();
        foreach (ConfigBlock block in ConfigBlock.Of(config))
        {
            string[] words = [.. Words(block, defaults)];
            if (words.Length == 0 && !block.IsNumbered)
                continue;
            text.Append(block.Header).Append('\n');
            foreach (string word in words)
                text.Append(Indent).Append(word).Append('\n');
        }
        return text.ToString();
    }

    private static IEnumerable<string> Words(ConfigBlock block, bool defaults) =>
        block.Rows
            .Where(row => row.IsWritten && (defaults || !row.IsSame(block.Item, block.Fresh)))
            .SelectMany(row => row.Format(block.Item));
}
