// What is wrong with the switch, in sentences, the worst first: the end of `status`, and why `status --check` says no.

using PacketSwitch.Control.Config;

namespace PacketSwitch.Reports;

/// <summary>Sentences about what is wrong.</summary>
internal static class StatusProblems
{
    private const int MostReals = 5;

    public static IReadOnlyList<string> Of(
        SwitchConfig config, IReadOnlyList<PortStatus> ports, IReadOnlyList<VirtStatus> virts, IReadOnlyList<RealStatus> reals)
    {
        List<string> found = [];
        if (!config.SlbOn)
            found.Add("slb is off: the switch only bridges (/c/slb/on)");
        foreach (VirtStatus virt in virts)
        {
            foreach (ServiceStatus service in virt.Services.Where(each => each.State is "down" or "backup"))
                found.Add($"virt {virt.Id}{Named(virt.Name)} {virt.Vip}:{service.Port}: "
                    + (service.State == "down" ? "no real server in service; clients are refused" : "served by the backup only"));
        }
        foreach (PortStatus port in ports.Where(each => each.State == "down"))
            found.Add($"port {port.Id}: interface {port.Interface} is down");
        RealStatus[] failed = [.. reals.Where(real => real.State == "failed")];
        foreach (RealStatus real in failed.Take(MostReals))
        {
            string why = real.Check.Result.Length == 0 ? ""
                : $": {real.Check.Type} check said {$"{real.Check.Result} {real.Check.Info}".TrimEnd()}, "
                    + $"{real.Check.Failed} of {real.Check.Retry}";
            found.Add($"real {real.Id}{Named(real.Name)} failed {DurationText.Of(real.SinceS)} ago{why}");
        }
        if (failed.Length > MostReals)
            found.Add($"{failed.Length - MostReals} more real servers have failed");
        return found;
    }

    private static string Named(string name) => name.Length == 0 ? "" : $" ({name})";
}
