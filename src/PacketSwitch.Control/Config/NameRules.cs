// Rules about names: commands take a name for a number, so two objects of one kind should not share
// one. Called by ConfigValidator.

namespace PacketSwitch.Control.Config;

internal static class NameRules
{
    public static void Check(ConfigFindings findings)
    {
        SwitchConfig config = findings.Config;
        Check(findings, "name", config.Reals.Select(item => (item.Path, item.Name)));
        Check(findings, "name", config.Groups.Select(item => (item.Path, item.Name)));
        Check(findings, "vname", config.Virts.Select(item => (item.Path, item.Name)));
    }

    private static void Check(
        ConfigFindings findings, string word, IEnumerable<(string Path, string Name)> objects)
    {
        var owners = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach ((string path, string name) in objects)
        {
            if (name.Length > 0 && !owners.TryAdd(name, path))
                findings.Warn(path, word, $"{path} has the same {word} as {owners[name]}, "
                    + $"{ProblemText.Quote(name)}; commands that say it mean {owners[name]}");
        }
    }
}
