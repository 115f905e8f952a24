// Rules about ports and about what keeps the switch from balancing at all.

namespace PacketSwitch.Control.Config;

internal static class PortRules
{
    public static void Check(ConfigFindings findings)
    {
        SwitchConfig config = findings.Config;
        var users = new Dictionary<string, PortConfig>(StringComparer.Ordinal);
        foreach (PortConfig port in config.Ports)
        {
            CheckInterface(findings, port, users);
            bool saysRole = !findings.Lacks(port.Path, "client") || !findings.Lacks(port.Path, "server");
            if (!port.Client && !port.Server && !saysRole)
                findings.Warn(port.Path, "", $"{port.Path} is neither client nor server: "
                    + "it only bridges; add: client ena or server ena");
        }
        if (findings.Use == ConfigUse.Run && config.Ports.Count == 0)
            findings.Error(
                "", "", "no port is configured; add: port 1 / intf NAME / client ena / server ena");
        CheckRoles(findings);
        if (config.Virts.Count > 0 && !config.SlbOn)
            findings.Warn(
                config.Virts[0].Path, "", "slb is off: the switch only bridges; add: slb on");
    }

    private static void CheckInterface(
        ConfigFindings findings, PortConfig port, Dictionary<string, PortConfig> users)
    {
        if (port.Interface.Length > 0)
        {
            if (!users.TryAdd(port.Interface, port))
                findings.Error(port.Path, "intf", $"{port.Path} uses interface {port.Interface}, "
                    + $"which {users[port.Interface].Path} uses already");
            return;
        }
        if (!findings.Lacks(port.Path, "intf") || findings.Use == ConfigUse.Replay)
            return;
        string message = $"{port.Path} has no interface yet; "
            + $"add: intf NAME, or run --port {port.Id}=NAME";
        if (findings.Use == ConfigUse.Run)
            findings.Error(port.Path, "", message);
        else
            findings.Warn(port.Path, "", message);
    }

    private static void CheckRoles(ConfigFindings findings)
    {
        SwitchConfig config = findings.Config;
        if (config.Ports.Count == 0 || config.Virts.Count == 0)
            return;
        string path = config.Ports[0].Path;
        if (!config.Ports.Any(port => port.Client || !findings.Lacks(port.Path, "client")))
            findings.Warn(path, "",
                "no port is a client port: no client reaches a virtual server; add: client ena");
        if (!config.Ports.Any(port => port.Server || !findings.Lacks(port.Path, "server")))
            findings.Warn(
                path, "", "no port is a server port: no real server is reached; add: server ena");
    }
}
