// Rules about server groups.

namespace PacketSwitch.Control.Config;

internal static class GroupRules
{
    public static void Check(ConfigFindings findings)
    {
        SwitchConfig config = findings.Config;
        Dictionary<int, RealConfig> reals = config.Reals.ToDictionary(real => real.Id);
        HashSet<int> groups = [.. config.Groups.Select(group => group.Id)];
        foreach (GroupConfig group in config.Groups)
        {
            CheckMembers(findings, group, reals);
            CheckBackup(findings, group, reals, groups);
            CheckScript(findings, group);
        }
    }

    private static void CheckMembers(
        ConfigFindings findings, GroupConfig group, Dictionary<int, RealConfig> reals)
    {
        if (group.Members.Count == 0 && findings.Lacks(group.Path, "add"))
            findings.Warn(group.Path, "", $"{group.Path} has no real servers; add: add NUMBER");
        foreach (int id in group.Members)
        {
            if (!reals.TryGetValue(id, out RealConfig? real))
                findings.Error(
                    group.Path, $"add {id}", $"{group.Path} adds real {id}, which is not defined "
                    + ConfigFindings.Defined(
                        findings.Config.Reals.Select(item => (item.Id, item.Name))));
        }
    }

    // The default content, "/", is what http asks for.
    private static void CheckScript(ConfigFindings findings, GroupConfig group)
    {
        if (group.Health == HealthCheckKind.Script && (group.Content.Length < 2 || group.Content[0] != '/'))
            findings.Warn(group.Path, "health", $"{group.Path} has health script, and its content is not the "
                + "full path of a program; add: content /path/to/program");
    }

    private static void CheckBackup(
        ConfigFindings findings, GroupConfig group, Dictionary<int, RealConfig> reals,
        HashSet<int> groups)
    {
        if (group.Backup is not { } backup)
            return;
        if (backup.IsGroup && backup.Id == group.Id)
            findings.Warn(group.Path, "backup", $"{group.Path} is its own backup");
        else if (backup.IsGroup && !groups.Contains(backup.Id))
            findings.Error(group.Path, "backup",
                $"{group.Path} has the backup group {backup.Id}, which is not defined "
                + ConfigFindings.Defined(
                    findings.Config.Groups.Select(item => (item.Id, item.Name))));
        else if (!backup.IsGroup && !reals.ContainsKey(backup.Id))
            findings.Error(group.Path, "backup",
                $"{group.Path} has the backup real {backup.Id}, which is not defined "
                + ConfigFindings.Defined(
                    findings.Config.Reals.Select(item => (item.Id, item.Name))));
    }
}
