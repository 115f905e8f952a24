// The difference between two configurations, in commands: typing the new lines of a difference on the first configuration gives the
// second (a property test holds it). Used by diff, status (how many changes wait) and apply.

using System.Text;
using PacketSwitch.Control.Config;

namespace PacketSwitch.Control.Live;

/// <summary>Differences of configurations.</summary>
public sealed class ConfigDiff
{
    private const int DefaultColumn = 44;

    // The word that takes a value away which is written by leaving it out.
    private const string Nothing = "none";

    private readonly List<DiffBlock> _blocks = [];

    private ConfigDiff()
    {
    }

    /// <summary>The objects that differ, in the order of the canonical text.</summary>
    public IReadOnlyList<DiffBlock> Blocks => _blocks;

    /// <summary>How many words differ; an object that comes or goes counts once more.</summary>
    public int Changes { get; private set; }

    /// <summary>What has to be typed on <paramref name="before"/> to make it <paramref name="after"/>.</summary>
    public static ConfigDiff Of(SwitchConfig before, SwitchConfig after)
    {
        var diff = new ConfigDiff();
        if (before.Equals(after))
            return diff;
        Dictionary<string, ConfigBlock> old = ConfigBlock.Of(before).ToDictionary(KeyOf);
        foreach (ConfigBlock block in ConfigBlock.Of(after))
        {
            if (old.Remove(KeyOf(block), out ConfigBlock? was))
                diff.AddChanged(was, block);
            else
                diff.AddNew(block);
        }
        // The services of a virtual server go with it.
        foreach ((string key, ConfigBlock gone) in old)
        {
            bool goesWithParent = key.Contains("/service ", StringComparison.Ordinal)
                && old.ContainsKey(key[..key.IndexOf("/service ", StringComparison.Ordinal)]);
            if (!goesWithParent)
                diff.AddGone(gone, key);
        }
        return diff;
    }

    /// <summary>The difference as a person reads it; empty when there is none.</summary>
    public string ToText()
    {
        var text = new StringBuilder();
        _blocks.ForEach(block => Append(text, block));
        return text.ToString();
    }

    /// <summary>The same of one object.</summary>
    public static void Append(StringBuilder text, DiffBlock block)
    {
        text.Append("  ").Append(block.Header).Append('\n');
        foreach (DiffLine line in block.Lines)
        {
            string shown = $"{(line.IsNew ? '+' : '-')}     {line.Command}";
            text.Append(line.IsDefault ? $"{shown.PadRight(DefaultColumn)} (default)" : shown).Append('\n');
        }
    }

    /// <summary>The commands alone: typed on the first configuration they give the second.</summary>
    public string ToCommands()
    {
        var text = new StringBuilder();
        foreach (DiffBlock block in _blocks)
        {
            text.Append(block.Header).Append('\n');
            foreach (DiffLine line in block.Lines.Where(line => line.IsNew))
                text.Append("    ").Append(line.Command).Append('\n');
        }
        return text.ToString();
    }

    private void AddChanged(ConfigBlock was, ConfigBlock now)
    {
        List<DiffLine> lines = [];
        foreach (WordRow row in now.Rows.Where(row => row.IsWritten && !row.IsSame(was.Item, now.Item)))
        {
            if (row is MemberRow)
            {
                AddMembers(row, was, now, lines);
                continue;
            }
            lines.AddRange(row.Format(was.Item).Select(
                line => new DiffLine(false, line, row.IsSame(was.Item, was.Fresh))));
            lines.AddRange(row.Format(now.Item).DefaultIfEmpty($"{row.Name} {Nothing}").Select(
                line => new DiffLine(true, line, row.IsSame(now.Item, now.Fresh))));
            Changes++;
        }
        bool isRenamed = was.Header != now.Header;
        if (lines.Count == 0 && !isRenamed)
            return;
        Changes += isRenamed ? 1 : 0;
        _blocks.Add(new DiffBlock(now.Header, lines));
    }

    private void AddMembers(WordRow row, ConfigBlock was, ConfigBlock now, List<DiffLine> lines)
    {
        string[] before = [.. row.Format(was.Item)];
        string[] after = [.. row.Format(now.Item)];
        foreach (string member in before.Except(after))
        {
            lines.Add(new DiffLine(false, member, false));
            lines.Add(new DiffLine(true, "rem" + member[row.Name.Length..], false));
            Changes++;
        }
        foreach (string member in after.Except(before))
        {
            lines.Add(new DiffLine(true, member, false));
            Changes++;
        }
    }

    private void AddNew(ConfigBlock block)
    {
        DiffLine[] lines = [.. Said(block).Select(line => new DiffLine(true, line, false))];
        Changes += lines.Length + 1;
        _blocks.Add(new DiffBlock(block.Header, lines));
    }

    private void AddGone(ConfigBlock block, string key)
    {
        List<DiffLine> lines = [.. Said(block).Select(line => new DiffLine(false, line, false))];
        lines.Add(new DiffLine(true, "del", false));
        Changes++;
        _blocks.Add(new DiffBlock(key, lines));
    }

    private static IEnumerable<string> Said(ConfigBlock block) =>
        block.Rows.Where(row => row.IsWritten && !row.IsSame(block.Item, block.Fresh))
            .SelectMany(row => row.Format(block.Item));

    // A service's header ends in its name, which may change.
    private static string KeyOf(ConfigBlock block) =>
        block.Item is ServiceConfig service ? $"/c/slb/{service.Path}" : block.Header;
}
