// A part of a configuration as text: what `cur` shows in a menu, or for a path.

using System.Text;
using PacketSwitch.Control.Config;

namespace PacketSwitch.Control.Live;

/// <summary>Parts of a configuration.</summary>
public static class ConfigPart
{
    /// <summary>
    /// The objects under a path such as <c>/c/slb/real 1</c>, <c>/c/slb</c> or nothing for all; empty when there is nothing there, with
    /// the reason when the path is none.
    /// </summary>
    public static string Text(SwitchConfig config, string path, bool defaults, out string problem)
    {
        problem = "";
        if (!TryResolve(config, path, out string resolved, out problem))
            return "";
        var text = new StringBuilder();
        foreach (ConfigBlock block in ConfigBlock.Of(config).Where(block => IsUnder(block, resolved)))
        {
            string[] words = [.. block.Rows.Where(row => row.IsWritten && (defaults || !row.IsSame(block.Item, block.Fresh)))
                .SelectMany(row => row.Format(block.Item))];
            if (words.Length == 0 && !block.IsNumbered)
                continue;
            text.Append(block.Header).Append('\n');
            foreach (string word in words)
                text.Append("    ").Append(word).Append('\n');
        }
        if (text.Length == 0 && resolved.Length > 0)
            problem = $"{resolved} is not configured";
        return text.ToString();
    }

    // Walks the menus on a copy, so that abbreviations and names mean here what they mean everywhere.
    private static bool TryResolve(SwitchConfig config, string path, out string resolved, out string problem)
    {
        resolved = "";
        problem = "";
        if (path.Trim().Length == 0)
            return true;
        var problems = new ProblemList("path");
        var cursor = new MenuCursor(ConfigCandidate.From(config), problems);
        cursor.Execute(ConfigText.Line(path));
        if (problems.All.FirstOrDefault(one => one.IsError) is { } wrong)
        {
            problem = wrong.Message;
            return false;
        }
        if (cursor.Question is not null)
        {
            string typed = path.Trim();
            resolved = typed[(typed.LastIndexOf('/') + 1)..].Trim();
            return true;
        }
        resolved = PathOf(cursor.Position);
        return true;
    }

    internal static string PathOf(MenuPosition position) => position.IsRoot ? "" : position.Menu.HasNumber ? position.Path
        : position.Menu.Name;

    private static bool IsUnder(ConfigBlock block, string path)
    {
        if (path is "" or "cfg")
            return true;
        string header = block.Header;
        return path switch
        {
            "slb" => header.StartsWith("/c/slb", StringComparison.Ordinal),
            "l3" => header.StartsWith("/c/l3", StringComparison.Ordinal),
            _ => header.Split('/') is var parts && (header.EndsWith("/" + path, StringComparison.Ordinal)
                || header.Contains($"/{path}/", StringComparison.Ordinal)
                || header.Contains($"/{path} ", StringComparison.Ordinal)
                || (!path.Contains(' ') && parts.Any(part => part == path))),
        };
    }
}
