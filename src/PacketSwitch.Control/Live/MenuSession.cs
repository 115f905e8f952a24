// One operator's place in the menus: executes lines on the candidate and keeps where they stand. The shell has one per connection that lasts;
// all of them write the one candidate.

using PacketSwitch.Control.Config;

namespace PacketSwitch.Control.Live;

/// <summary>A cursor that lives from line to line. Used under the lock of <see cref="LiveConfig"/>.</summary>
public sealed class MenuSession
{
    private readonly ProblemList _problems;
    private readonly MenuCursor _cursor;
    private readonly EchoLines _echoes = new();
    private Action<MenuCommand>? _onCommand;
    private int _lines;

    /// <param name="candidate">What the lines change.</param>
    /// <param name="source">How problems name where the lines come from.</param>
    public MenuSession(ConfigCandidate candidate, string source)
    {
        _problems = new ProblemList(source);
        _cursor = new MenuCursor(candidate, _problems)
        {
            AbbreviatesCommands = true,
            OnCommand = command => _onCommand?.Invoke(command),
        };
    }

    /// <summary>The title of the menu: <c>Real server 1</c>.</summary>
    public string Title => _cursor.Title;

    /// <summary>What has to be answered first, or null.</summary>
    public string? Question => _cursor.Question;

    /// <summary>The words of the menu.</summary>
    public IReadOnlyList<string> AcceptedWords => _cursor.AcceptedWords;

    /// <summary>The menu's path as <see cref="ConfigPart"/> reads it.</summary>
    public string Path => ConfigPart.PathOf(_cursor.Position);

    /// <summary>True while the line that is being executed has no error.</summary>
    public bool IsRightSoFar => !_problems.HasErrors;

    /// <summary>Executes a line; commands in it are handed over in their order.</summary>
    public IReadOnlyList<ConfigProblem> Execute(string line, Action<MenuCommand> onCommand)
    {
        _onCommand = onCommand;
        ConfigLine read = ConfigText.Line(line, ++_lines);
        if (!_echoes.IsEcho(read))
            _cursor.Execute(read);
        return _problems.Take();
    }
}
