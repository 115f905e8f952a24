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
        bool inConfig = false;
        for (int i = 0; i < lines.Length; i++)
        {
            bool indented = lines[i].StartsWith(' ');
            if (indented && inConfig)
            {
                scenario._config.Add(lines[i].Trim());
                continue;
            }
            string text = Comment().Replace(lines[i], "").Trim();
            if (text.Length == 0)
            {
                continue;
            }
            inConfig = scenario.ReadLine(i + 1, text);
        }
        return scenario;
    }

    /// <summary>The configuration, in the family of this run.</summary>
    /// <exception cref="ScenarioException">It has an error.</exception>
    public SwitchConfig ReadConfig()
    {
        IEnumerable<string> lines = _isV6 ? _config.Select(FamilyMap.ConfigLine) : _config;
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

    // True when indented lines that follow belong to the configuration.
    private bool ReadLine(int number, string text)
    {
        if (text.StartsWith('['))
        {
            if (!text.StartsWith(_isV6 ? "[6]" : "[4]"))
            {
                return false;
            }
            text = text[3..].Trim();
        }
        string[] words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        switch (words)
        {
            case ["families", ..]:
                return false;
            case ["config"]:
                return true;
            case ["config", string file]:
                _config.AddRange(System.IO.File.ReadAllLines(Path.Combine(Folder, file)));
                return true;
            case ["live"]:
                IsLive = true;
                return false;
            case [string count, "times", ..] when int.TryParse(count, out int times):
                _steps.Add(new ScenarioStep(number, string.Join(' ', words[2..]), times));
                return false;
            default:
                _steps.Add(new ScenarioStep(number, string.Join(' ', words), 1));
                return false;
        }
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
