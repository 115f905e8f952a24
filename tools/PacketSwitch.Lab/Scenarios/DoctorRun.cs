// One run of `packetswitch doctor --json` in the switch's namespace, and the cures it printed, each of which can be run where it says.
// Used by DoctorScenario.
using System.Text.Json;
using PacketSwitch.Lab.Stage;

namespace PacketSwitch.Lab.Scenarios;

internal sealed class DoctorRun
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly LabOptions _options;
    private readonly List<(string Check, string Text)> _findings = [];
    private readonly List<(string On, string Command)> _cures = [];

    private DoctorRun(LabOptions options, int exitCode)
    {
        _options = options;
        ExitCode = exitCode;
    }

    public int ExitCode { get; }

    /// <summary>The findings that are not ok: the check, and what it says.</summary>
    public IReadOnlyList<(string Check, string Text)> Findings => _findings;

    public IReadOnlyList<(string On, string Command)> Cures => _cures;

    /// <summary>Runs it; <paramref name="prefix"/> stands before the program's own words.</summary>
    public static DoctorRun Start(LabOptions options, string configuration, params string[] prefix)
    {
        string[] own = [Environment.ProcessPath!, Path.Combine(AppContext.BaseDirectory, "packetswitch.dll")];
        var file = Path.Combine(AppContext.BaseDirectory, "configs", configuration);
        var program = RunningProgram.Start(
            Network.SwitchNamespace, "doctor", options.LogFolder,
            [.. prefix.Length > 0 ? prefix : own, "doctor", "-c", file, "--json"]);
        if (!program.WaitForExit(Patience)) throw new LabException("doctor did not end");
        var run = new DoctorRun(options, program.ExitCode);
        var printed = program.Lines().LastOrDefault(line => line.StartsWith('{'))
            ?? throw new LabException($"doctor, exit {program.ExitCode}: {program.Lines().LastOrDefault()}");
        using var json = JsonDocument.Parse(printed);
        foreach (var finding in json.RootElement.GetProperty("findings").EnumerateArray())
        {
            if (finding.GetProperty("level").GetString() == "ok") continue;
            run._findings.Add((finding.GetProperty("check").GetString()!, finding.GetProperty("text").GetString()!));
            foreach (var fix in finding.GetProperty("fixes").EnumerateArray())
                run._cures.Add((fix.GetProperty("on").GetString()!, fix.GetProperty("command").GetString()!));
        }
        return run;
    }

    /// <summary>Runs every cure as it stands, on the host it names.</summary>
    public void Cure()
    {
        foreach (var (on, command) in _cures)
        {
            var host = on == "" ? Network.SwitchNamespace : HostOf(on);
            var shell = RunningProgram.Start(host, "cure", _options.LogFolder, "sh", "-c", command);
            if (!shell.WaitForExit(Patience) || shell.ExitCode != 0)
                throw new LabException($"the cure fails on {host}: {command}: {shell.Lines().LastOrDefault()}");
        }
    }

    // "real 3 web3", or "the host with MAC 02:00:00:00:00:07".
    private static string HostOf(string on)
    {
        foreach (var host in Network.Hosts)
        {
            if (on.EndsWith($" {host.Name}", StringComparison.Ordinal)
                || on.EndsWith(Network.MacOf(host), StringComparison.Ordinal)) return host.Name;
        }
        throw new LabException($"the cure is for '{on}', which is no host of the lab");
    }
}
