// The menu state machine: stands in a menu, executes one line after another on a candidate, reports
// problems and goes on. ConfigParser drives it for files, the shell for each line that is typed. It
// never throws for what a person writes.

namespace PacketSwitch.Control.Config;

/// <summary>
/// Executes configuration lines. Prompts, indentation and comments are the lexer's business.
/// </summary>
public sealed class MenuCursor(ConfigCandidate candidate, ProblemList problems)
{
    private MenuPosition _position = MenuPosition.Root;
    private MenuQuestion? _question;

    // Words whose last value was refused: they have set nothing that could be replaced.
    private readonly HashSet<(string Path, string Word)> _refused = [];

    /// <summary>Receives apply, save, /info/... and the like; null ignores them.</summary>
    public Action<MenuCommand>? OnCommand { get; init; }

    /// <summary>Commands may be abbreviated too, as in the shell.</summary>
    public bool AbbreviatesCommands { get; init; }

    /// <summary>Warn when a word replaces another value given earlier in the same text.</summary>
    public bool WarnsOfReplacement { get; init; }

    /// <summary>What a prompt shows: <c>Real server 1</c>.</summary>
    public string Title => _position.Title;

    /// <summary>
    /// What has to be answered before anything else, such as a menu's number, or null.
    /// </summary>
    public string? Question => _question is { } asked
        ? $"{asked.Menu.Question}: (1-{asked.Menu.MostId})"
        : null;

    /// <summary>The words accepted here, the menu's own first.</summary>
    public IReadOnlyList<string> AcceptedWords => [.. _position.Menu.Words];

    internal MenuPosition Position
    {
        get => _position;
        set => _position = value;
    }

    /// <summary>
    /// True after a line whose block is unknown: what belongs to it cannot be judged.
    /// </summary>
    internal bool IsLost { get; private set; }

    /// <summary>
    /// Executes a line. A line that opens a block is looked up from the root first.
    /// </summary>
    public void Execute(ConfigLine line, bool opensBlock = false)
    {
        IsLost = false;
        var reader = new LineReader(line);
        if (TryAnswer(reader))
            return;
        if (reader.TakeSlash())
            _position = MenuPosition.Root;
        bool rootFirst = opensBlock;
        while (!reader.IsAtEnd)
        {
            bool mayGoOn = Step(reader, rootFirst);
            rootFirst = false;
            if (mayGoOn && !reader.IsAtSegmentEnd)
                continue;
            if (!reader.IsAtSegmentEnd && !RefuseExtra(reader))
                continue;
            reader.TakeSlash();
        }
    }

    /// <summary>Says what is left open at the end of the text.</summary>
    public void Finish() => GiveUpQuestion();

    // False if what stands there is a setting that only lacks its slash: it is read as one.
    private bool RefuseExtra(LineReader reader)
    {
        LineReader ahead = reader.Copy();
        ahead.TryTake(out ConfigToken extra);
        bool isSetting = _position.Menu.Rows.Any(row => row.Canonical(extra.Text) is not null);
        string quoted = ProblemText.Quote(extra.Text);
        string message = isSetting
            ? $"a '/' is missing before {quoted}"
            : $"unexpected {quoted}; another setting starts a new line or stands behind a '/'";
        problems.Error(reader.Line, extra, message, null, []);
        if (!isSetting)
            reader.SkipSegment();
        return !isSetting;
    }

    // True if another word may follow without a slash: "slb on".
    private bool Step(LineReader reader, bool rootFirst)
    {
        GiveUpQuestion();
        if (!reader.TryTake(out ConfigToken token))
            return false;
        if (token.Text == "..")
        {
            GoUp();
            return false;
        }
        bool root = rootFirst || OpensMenuOfRoot(reader, token);
        WordMatch match = MenuLookup.Find(_position, token.Text, root, AbbreviatesCommands);
        if (match.Menu is not null)
            return Open(match.Menu, match.Under!, token, reader, asks: true);
        if (match.Row is not null)
            ReadWord(match.Row, match.Word, token, reader);
        else if (match.Command is not null)
            Run(match.Command, token, reader);
        else
            return RefuseWord(match, token, reader);
        return false;
    }

    private bool OpensMenuOfRoot(LineReader reader, ConfigToken token)
    {
        LineReader ahead = reader.Copy();
        ahead.SkipSegment();
        return MenuLookup.OpensMenuOfRoot(_position, token.Text, ahead.PeekStackedWord());
    }

    private bool Open(Menu menu, MenuPosition under, ConfigToken word, LineReader reader, bool asks)
    {
        var place = new MenuPosition(menu, under, IsDetached: under.IsDetached);
        if (!menu.HasNumber)
        {
            _position = place;
            return true;
        }
        _position = place with { IsDetached = true };
        if (!reader.TryTake(out ConfigToken id))
        {
            if (asks)
                _question = new MenuQuestion(menu, under, reader.Line, word);
            else
                IsLost = true;
            return false;
        }
        if (TryReadId(menu, id, reader.Line, out int number))
            Enter(place with { Id = number }, id, reader);
        return false;
    }

    private bool TryReadId(Menu menu, ConfigToken id, ConfigLine line, out int number)
    {
        if (ValueKinds.TryNumber(id.Text, 1, menu.MostId, out number))
            return true;
        if (menu.IsService && ServiceNames.TryPort(id.Text, out number))
            return true;
        if (menu.FindByName?.Invoke(candidate, id.Text) is { } found)
        {
            number = found;
            return true;
        }
        string range = $"1 to {menu.MostId}";
        string wanted = menu.IsService
            ? $"a port from {range} or a service name"
            : $"a number from {range}";
        IReadOnlyList<string> accepted = menu.IsService ? [range, .. ServiceNames.All] : [range];
        string? nearest = menu.IsService ? NearestWord.Find(id.Text, ServiceNames.All) : null;
        string hint = nearest is null ? "" : $"; did you mean '{nearest}'?";
        problems.Error(line, id,
            $"{menu.Name} needs {wanted}, not {ProblemText.Quote(id.Text)}{hint}",
            nearest, accepted);
        if (nearest is not null && ServiceNames.TryPort(nearest, out number))
            return true;
        return false;
    }

    private void Enter(MenuPosition place, ConfigToken id, LineReader reader)
    {
        Menu menu = place.Menu;
        string label = menu.IsService ? ReadServiceName(place, id, reader) : "";
        place = place with { Label = label };
        _position = place;
        if (place.IsDetached)
            return;
        object item = menu.Load!(candidate, place) ?? menu.Create!(place);
        if (item is ServiceConfig service)
        {
            _position = place with { Label = label.Length > 0 ? label : service.Name };
            item = label.Length > 0 ? service with { Name = label } : service;
        }
        menu.Store!(candidate, place, item);
        Remember(place.Path, "", id, reader.Line);
    }

    // "service http", "service 80", "service 8080 http".
    private string ReadServiceName(MenuPosition place, ConfigToken id, LineReader reader)
    {
        if (!reader.TryTake(out ConfigToken name))
            return ServiceNames.TryPort(id.Text, out _) ? id.Text.ToLowerInvariant() : "";
        if (ServiceNames.TryPort(name.Text, out _))
            return name.Text.ToLowerInvariant();
        string? nearest = NearestWord.Find(name.Text, ServiceNames.All);
        string hint = nearest is null ? "" : $"; did you mean '{nearest}'?";
        problems.Error(reader.Line, name,
            $"unknown service name {ProblemText.Quote(name.Text)} for {place.Description}{hint}",
            nearest, ServiceNames.All);
        return "";
    }

    private void ReadWord(WordRow row, string name, ConfigToken word, LineReader reader)
    {
        MenuPosition place = _position;
        object? known = place.IsDetached ? null : place.Menu.Load!(candidate, place);
        object item = known ?? place.Menu.Create!(place);
        var input = new WordInput(
            reader, word, name, place.Path, candidate, problems,
            text => MenuLookup.IsWord(place, text));
        object? changed = row.Read(item, input);
        if (changed is null)
            reader.SkipSegment();
        if (place.IsDetached)
            return;
        if (changed is not null && WarnsOfReplacement && row.IsWritten
            && !row.IsSame(item, changed))
            WarnOfReplacement(row, item, place, word, reader.Line);
        if (changed is null)
            _refused.Add((place.Path, row.Name));
        else
            _refused.Remove((place.Path, row.Name));
        Remember(place.Path, row.Name, word, reader.Line);
        if (input.Value is { } value)
            Remember(place.Path, SourceMap.ValueOf(row.Name), value, reader.Line);
        if (input.Value is { IsUnclosed: true })
            Remember(place.Path, SourceMap.Guess, word, reader.Line);
        if (changed is not null)
            place.Menu.Store!(candidate, place, changed);
    }

    private void Remember(string path, string word, ConfigToken token, ConfigLine line) =>
        candidate.Sources.Add(path, word, problems.LocationOf(line, token), line.Original);

    private void WarnOfReplacement(
        WordRow row, object item, MenuPosition place, ConfigToken word, ConfigLine line)
    {
        if (row is MemberRow
            || !candidate.Sources.TryFind(place.Path, row.Name, out SourceWord? before)
            || _refused.Contains((place.Path, row.Name)))
            return;
        problems.Warn(line, word, $"{place.Description} had '{string.Join(' ', row.Format(item))}' "
            + $"in line {before.Location.Line}; this replaces it");
    }

    private void Run(string command, ConfigToken word, LineReader reader)
    {
        if (command == MenuCommands.Up)
        {
            GoUp();
        }
        else if (command == MenuCommands.Delete)
        {
            DeleteObject(word, reader.Line);
        }
        else
        {
            string arguments = MenuCommands.TakesTheLine(command, reader.IsAtBlank)
                ? reader.TakeAll()
                : reader.TakeSegment();
            OnCommand?.Invoke(
                new MenuCommand(command, arguments, problems.LocationOf(reader.Line, word)));
        }
    }

    private void GoUp() => _position = _position.Parent ?? _position;

    private void DeleteObject(ConfigToken word, ConfigLine line)
    {
        if (_position.Menu.Delete is null)
        {
            problems.Error(
                line, word, "'del' deletes an object; open one first: real 1/del", null, []);
            return;
        }
        if (!_position.IsDetached)
        {
            _position.Menu.Delete(candidate, _position);
            candidate.Sources.Remove(_position.Path);
        }
        GoUp();
    }

    private bool RefuseWord(WordMatch match, ConfigToken token, LineReader reader)
    {
        bool beginsLine = token.Start == reader.Line.Start
            && reader.Line is { Indent: 0, HasPrompt: false };
        UnknownWord unknown = UnknownWord.Explain(_position, match, token.Text, beginsLine);
        problems.Error(reader.Line, token, unknown.Message, unknown.Nearest, unknown.Accepted);
        if (unknown.NearestMenu is { } menu)
        {
            bool mayGoOn = Open(menu, unknown.NearestUnder!, token, reader, asks: false);
            if (!_position.IsDetached)
                Remember(_position.Path, SourceMap.Guess, token, reader.Line);
            return mayGoOn;
        }
        if (unknown.Nearest is not null && !_position.IsDetached)
        {
            _refused.Add((_position.Path, unknown.Nearest));
            Remember(_position.Path, unknown.Nearest, token, reader.Line);
        }
        // A path from the root that leads nowhere: what is indented below it means that place.
        bool isPath = reader.Line is { Indent: 0, HasPrompt: false }
            && reader.Line.Text[reader.Line.Start] == '/';
        IsLost = unknown.Nearest is null && (beginsLine || isPath);
        reader.SkipSegment();
        return false;
    }

    // "Enter default gateway number: (1-255) 1 [Enter]", or a bare number where one was asked for.
    private bool TryAnswer(LineReader reader)
    {
        bool isAnswer = EnterLine.TryRead(reader.Line, out ConfigToken id);
        if (_question is not { } asked)
        {
            if (!isAnswer)
                return false;
            problems.Error(reader.Line, reader.Here(),
                "this line answers a question that no line before it asks", null, []);
            return true;
        }
        if (!isAnswer)
        {
            LineReader ahead = reader.Copy();
            bool isBare = ahead.TryTake(out id) && ahead.IsAtEnd
                && (char.IsAsciiDigit(id.Text[0])
                    || (asked.Menu.IsService && ServiceNames.TryPort(id.Text, out _)));
            if (!isBare)
            {
                GiveUpQuestion();
                return false;
            }
        }
        _question = null;
        reader.TakeAll();
        bool isDetached = asked.Under.IsDetached;
        if (TryReadId(asked.Menu, id, reader.Line, out int number))
            Enter(new MenuPosition(asked.Menu, asked.Under, number, "", isDetached), id, reader);
        return true;
    }

    private void GiveUpQuestion()
    {
        if (_question is not { } asked)
            return;
        _question = null;
        problems.Error(asked.Line, asked.Word,
            $"{asked.Menu.Name} needs its number: {asked.Menu.Name} 1", null,
            [$"1 to {asked.Menu.MostId}"]);
    }
}
