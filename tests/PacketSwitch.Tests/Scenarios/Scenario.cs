// A scenario file read for one address family. Its language is described in the README beside it. Read by ScenarioTests, carried out by
// ScenarioRunner.

using System.Text.RegularExpressions;
using PacketSwitch.Control.Config;
using PacketSwitch.Tests.Control.Config;

namespace PacketSwitch.Tests.Scenarios;

internal sealed partial class Scenario
{
    private const string Extension = ".scn";

    private readonly List<string> _config = [];
    private readonly List<ScenarioStep> _steps = [];
    private readonly bool _isV6;

    private Scenario(string file, bool isV6)
    {
        File = file;
        _isV6 = isV6;
    }

    /// <summary>Where the scenarios are.</summary>
    public static string Folder { get; } =
        Path.Combine(Texts.RepositoryRoot, "tests", "PacketSwitch.Tests", "Scenarios");

    /// <summary>The file's name, for messages.</summary>
    public string File { get; }

    /// <summary>The switch announces and asks by itself (<c>live</c>).</summary>
    public bool IsLive { get; private set; }

    /// <summary>The host's own stack is a port of the switch (<c>host</c>).</summary>
    public bool HasHost { get; private set; }

    public IReadOnlyList<ScenarioStep> Steps => _steps;

    /// <summary>Every scenario with every family it is marked with.</summary>
    public static IEnumerable<(string Name, int Family)> All()
        => from path in Directory.EnumerateFiles(Folder, "*" + Extension).Order(StringComparer.Ordinal)
           from family in Families(path)
           select (Path.GetFileNameWithoutExtension(path), family);

    /// <summary>Reads a scenario.</summary>
    /// <exception cref="ScenarioException">A line cannot be understood.</exception>
    public static Scenario Read(string name, int family)
    {
        string file = name + Extension;
        return Parse(file, System.IO.File.ReadAllLines(Path.Combine(Folder, file)), family);
    }

    /// <summary>Reads the lines of a scenario.</summary>
    public static Scenario Parse(string file, string[] lines, int family)
    {
        var scenario = new Scenario(file, family == 6);
        List<string>? config = null;
        for (int i = 0; i < lines.Length; i++)
        {
            if (lines[i].StartsWith(' ') && config is not null)
            {
                config.Add(lines[i].Trim());
                continue;
            }
            string text = Comment().Replace(lines[i], "").Trim();
            if (text.Length == 0)
            {
                continue;
            }
            config = scenario.ReadLine(i + 1, text);
        }
        return scenario;
    }

    /// <summary>The configuration, in the family of this run, with the lines of all <c>apply</c> steps to this one.</summary>
    /// <exception cref="ScenarioException">It has an error.</exception>
    public SwitchConfig ReadConfig(ScenarioStep? last = null)
    {
        IEnumerable<string> lines = last is null ? _config : _config.Concat(
            _steps.TakeWhile(step => step.Number <= last.Number).SelectMany(step => step.Config));
        lines = _isV6 ? lines.Select(FamilyMap.ConfigLine) : lines;
        ParsedConfig parsed = ConfigChecker.Check(string.Join('\n', lines), File, ConfigUse.Replay);
        return parsed.HasErrors
            ? throw new ScenarioException($"{File}: the configuration is wrong:\n"
                + string.Join('\n', parsed.Problems.Where(problem => problem.IsError).Select(ProblemText.Render)))
            : parsed.Config;
    }

    /// <summary>The words of a line's <paramref name="round"/>th execution: <c>1025+</c> has risen, addresses are the family's.</summary>
    public string TextOf(ScenarioStep step, int round)
    {
        string text = Rising().Replace(
            step.Text, match => (int.Parse(match.Groups[1].Value) + round).ToString());
        return _isV6 ? FamilyMap.Line(text) : text;
    }

    // What indented lines that follow are added to: a configuration, or nothing.
    private List<string>? ReadLine(int number, string text)
    {
        if (text.StartsWith('['))
        {
            if (!text.StartsWith(_isV6 ? "[6]" : "[4]"))
            {
                return []; // What belongs to it is passed over as well.
            }
            text = text[3..].Trim();
        }
        string[] words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        switch (words)
        {
            case ["families", ..]:
                return null;
            case ["config"]:
                return _config;
            case ["config", string file]:
                _config.AddRange(System.IO.File.ReadAllLines(Path.Combine(Folder, file)));
                return _config;
            case ["host"]:
                HasHost = true;
                return null;
            case ["live"]:
                IsLive = true;
                return null;
            case [string count, "times", ..] when int.TryParse(count, out int times):
                AddSteps(number, words[2..], times);
                return null;
            default:
                AddSteps(number, words, 1);
                return words[0] == "apply" ? _steps[^1].Config : null;
        }
    }

    // A handshake is six frames of which nothing need be said but who speaks with whom.
    private void AddSteps(int number, string[] words, int times)
    {
        string[] lines = words is ["connect", string client, ">", string vip, "by", string server]
            ?
            [
                $"client > {client} > {vip} tcp S", $"server < {client} > {server} tcp S",
                $"server > {server} > {client} tcp SA", $"client < {vip} > {client} tcp SA",
                $"client > {client} > {vip} tcp A", $"server < {client} > {server} tcp A",
            ]
            : [string.Join(' ', words)];
        _steps.AddRange(lines.Select(line => new ScenarioStep(number, line, times)));
    }

    private static int[] Families(string path)
    {
        string? line = System.IO.File.ReadLines(path).FirstOrDefault(text => text.StartsWith("families "));
        return line is null
            ? throw new ScenarioException($"{Path.GetFileName(path)}: a line 'families 4 6' must say what it is for")
            : [.. Comment().Replace(line, "").Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..].Select(int.Parse)];
    }

    [GeneratedRegex(@"(^|\s)#.*$")]
    private static partial Regex Comment();

    [GeneratedRegex(@"(\d+)\+(?=[\s:]|$)")]
    private static partial Regex Rising();
}
