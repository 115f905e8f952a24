// One Alteon shell: a place in the configuration's menus or in the operational ones, and the lines executed there. The words themselves are the
// configuration's own (MenuCursor); this file gives the commands among them their effect.

using System.Text;
using PacketSwitch.Api;
using PacketSwitch.Control.Config;
using PacketSwitch.Control.Live;
using PacketSwitch.Reports;

namespace PacketSwitch.Shell;

/// <summary>A shell's state. One line at a time.</summary>
internal sealed class ShellSession
{
    private const int LongestLine = 8_192;

    private readonly ControlApi _api;
    private readonly ShellContext _context;
    private readonly ConfigCandidate? _copy;
    private readonly MenuSession _menus;
    private readonly ShellCommands _commands;
    private readonly List<ShellNode> _place = [];

    /// <summary>A shell at the top. One that may not change anything works on a copy of the candidate.</summary>
    public ShellSession(ControlApi api, bool mayChange)
    {
        _api = api;
        MayChange = mayChange;
        _context = new ShellContext(api, mayChange);
        _copy = mayChange ? null : ConfigCandidate.From(api.Config.Candidate);
        _menus = api.Config.WithCandidate(candidate => new MenuSession(_copy ?? candidate, "shell"));
        _commands = new ShellCommands(_context);
    }

    public bool MayChange { get; }

    /// <summary>Executes a line.</summary>
    public ShellReport Execute(string line)
    {
        var output = new StringBuilder();
        int exitCode = 0;
        bool ends = false;
        if (line.Length > LongestLine)
        {
            output.Append($"error: a line of {line.Length} characters; the longest is {LongestLine}\n");
            exitCode = 2;
        }
        else if (TryOperational(line, output, ref exitCode))
        {
        }
        else
        {
            _api.Config.WithCandidate(candidate =>
            {
                Configure(candidate, line, output, ref exitCode, ref ends);
                return true;
            });
        }
        ConfigStanding standing = _api.Config.Standing;
        return new ShellReport
        {
            Session = "",
            Prompt = Prompt(standing),
            Output = output.ToString(),
            ExitCode = exitCode,
            Ends = ends,
            Pending = standing.Pending,
        };
    }

    private void Configure(ConfigCandidate candidate, string line, StringBuilder output, ref int exitCode, ref bool ends)
    {
        SwitchConfig? before = _copy is null ? null : candidate.ToConfig();
        if (before is not null)
            _copy!.Reset(before);
        int worst = 0;
        bool end = false;
        IReadOnlyList<ConfigProblem> problems = _menus.Execute(line, command =>
        {
            if (!_menus.IsRightSoFar)
            {
                output.Append($"{command.Name} was not run: the line has an error\n");
                return;
            }
            try
            {
                end |= _commands.Run(command, _menus, this, output);
            }
            catch (ShellRefusal e)
            {
                output.Append($"error: {e.Message}\n");
                worst = Math.Max(worst, e.ExitCode);
            }
        });
        foreach (ConfigProblem problem in problems)
        {
            output.Append(ProblemText.Render(problem)).Append('\n');
            worst = problem.IsError ? Math.Max(worst, 3) : worst;
        }
        if (before is not null && !_copy!.ToConfig().Equals(before))
        {
            output.Append($"error: {ApiRoutes.NotPermitted}\n");
            worst = Math.Max(worst, 5);
        }
        exitCode = Math.Max(exitCode, worst);
        ends = end;
    }

    // In an operational menu a line that does not begin with a slash is looked up there first; ".." leaves it.
    private bool TryOperational(string line, StringBuilder output, ref int exitCode)
    {
        // Pasted lines have a prompt, here as in the configuration's menus.
        string typed = ConfigText.Line(line).Command;
        if (_place.Count == 0 || typed.Length == 0)
            return false;
        if (typed is ".." or "up")
        {
            _place.RemoveAt(_place.Count - 1);
            return true;
        }
        if (typed is "help" or "?" or "print")
        {
            output.Append(MenuText.Of(_place[^1]));
            return true;
        }
        if (typed[0] == '/')
        {
            _place.Clear();
            return false;
        }
        string first = typed.Split(' ', '/')[0];
        if (_place[^1].Find(first, out _) is null)
            return false;
        try
        {
            RunOperational(_place[^1], typed, output);
        }
        catch (ShellRefusal e)
        {
            output.Append($"error: {e.Message}\n");
            exitCode = e.ExitCode;
        }
        return true;
    }

    /// <summary>Runs /info/slb/dump and the like: walks the tree from a node; a path that ends at a menu opens it.</summary>
    public void RunOperational(ShellNode from, string rest, StringBuilder output)
    {
        List<ShellNode> place = from == OperationalMenus.Root ? [] : [.. _place];
        ShellNode node = from;
        string[] parts = rest.Split('/', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        foreach (string part in parts)
        {
            string[] words = part.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            for (int i = 0; i < words.Length && node.Run is null; i++)
            {
                node = node.Find(words[i], out string problem) ?? throw new ShellRefusal(problem, exitCode: 2);
                words = node.Run is null ? words : words[(i + 1)..];
                if (node.Run is null)
                    place.Add(node);
            }
            if (node.Run is not null)
            {
                output.Append(node.Run(_context, words));
                return;
            }
        }
        _place.Clear();
        _place.AddRange(place);
        output.Append(MenuText.Of(node));
    }

    private string Prompt(ConfigStanding standing)
    {
        if (_menus.Question is { } question && _place.Count == 0)
            return question + " ";
        string name = _api.Config.Running.System.Name;
        string title = _place.Count > 0 ? _place[^1].Title : _menus.Title;
        string marks = (standing.Pending > 0 ? "*" : "") + (standing.Unsaved > 0 ? "+" : "");
        return $"{(name.Length == 0 ? "PacketSwitch" : name)} {title}{marks}# ";
    }
}
