// Reads the command of one line token by token and knows where a slash stacks the next setting:
// only before a letter, so that 10.0.0.0/8 is one value. MenuCursor owns it for the length of one
// line.

using System.Text;

namespace PacketSwitch.Control.Config;

internal sealed class LineReader(ConfigLine line)
{
    private readonly string _text = line.Text;
    private readonly int _end = line.End;
    private int _at = line.Start;

    public ConfigLine Line { get; } = line;

    public bool IsAtEnd
    {
        get
        {
            SkipBlanks();
            return _at >= _end;
        }
    }

    /// <summary>
    /// True at the end of the line and before a slash that stacks another setting or nothing.
    /// </summary>
    public bool IsAtSegmentEnd => IsAtEnd || IsStackSlash(_at) || IsLastSlash(_at);

    /// <summary>
    /// Takes the slash before the next setting; a slash at the end of the line counts.
    /// </summary>
    public bool TakeSlash()
    {
        if (IsAtEnd || !(IsStackSlash(_at) || IsLastSlash(_at)))
            return false;
        _at++;
        SkipBlanks();
        return true;
    }

    /// <summary>The next word or value of this setting; false where the setting ends.</summary>
    public bool TryTake(out ConfigToken token)
    {
        token = default;
        if (IsAtSegmentEnd)
            return false;
        if (_text[_at] == '"')
            return TryTakeQuoted(out token);
        int start = _at;
        do
            _at++;
        while (_at < _end && !ConfigText.IsBlank(_text[_at]) && !IsStackSlash(_at)
            && !IsLastSlash(_at));
        token = new ConfigToken(_text[start.._at], start, _at - start);
        return true;
    }

    /// <summary>
    /// A value that takes the rest of the line or stands in quotes. With <paramref name="isWord"/>
    /// a slash still stacks if a blank stands before it or a word that is known here behind it.
    /// </summary>
    public bool TryTakeRest(Func<string, bool>? isWord, out ConfigToken token)
    {
        token = default;
        if (IsAtEnd)
            return false;
        if (_text[_at] == '"')
            return TryTakeQuoted(out token);
        int start = _at;
        int stop = _end;
        for (int at = start; isWord is not null && at < _end; at++)
        {
            if (IsStackSlash(at)
                && (at == start || ConfigText.IsBlank(_text[at - 1]) || isWord(WordBehind(at))))
            {
                stop = at;
                break;
            }
        }
        _at = stop;
        while (stop > start && ConfigText.IsBlank(_text[stop - 1]))
            stop--;
        token = new ConfigToken(_text[start..stop], start, stop - start);
        return stop > start;
    }

    /// <summary>Goes to the next slash that stacks, or to the end of the line.</summary>
    public void SkipSegment()
    {
        while (TryTake(out _))
        {
        }
    }

    public bool IsAtBlank => _at < _end && ConfigText.IsBlank(_text[_at]);

    /// <summary>A second reader where this one stands, for looking ahead.</summary>
    public LineReader Copy() => new(Line) { _at = _at };

    public string TakeSegment()
    {
        int start = _at;
        SkipSegment();
        return _text[start.._at].Trim();
    }

    public string TakeAll()
    {
        string rest = IsAtEnd ? "" : _text[_at.._end];
        _at = _end;
        return rest;
    }

    /// <summary>
    /// An empty token where the reader stands, for a problem about something missing.
    /// </summary>
    public ConfigToken Here() => new("", Math.Min(_at, _end), 1);

    /// <summary>The word behind the next slash, without moving.</summary>
    public string PeekStackedWord() => !IsAtEnd && IsStackSlash(_at) ? WordBehind(_at) : "";

    private bool TryTakeQuoted(out ConfigToken token)
    {
        int start = _at;
        var value = new StringBuilder();
        for (_at++; _at < _end && _text[_at] != '"'; _at++)
        {
            if (_text[_at] == '\\' && _at + 1 < _end)
                _at++;
            value.Append(_text[_at]);
        }
        bool isClosed = _at < _end;
        if (isClosed)
            _at++;
        string text = isClosed ? value.ToString() : _text[start.._at];
        token = new ConfigToken(text, start, _at - start, IsQuoted: true, IsUnclosed: !isClosed);
        return true;
    }

    private bool IsStackSlash(int at)
    {
        if (at >= _end || _text[at] != '/')
            return false;
        int next = at + 1;
        while (next < _end && ConfigText.IsBlank(_text[next]))
            next++;
        return next < _end && (char.IsAsciiLetter(_text[next]) || IsUp(next));
    }

    private bool IsLastSlash(int at) => at == _end - 1 && _text[at] == '/';

    // ".." between slashes goes up a menu.
    private bool IsUp(int at) =>
        at + 1 < _end && _text[at] == '.' && _text[at + 1] == '.'
        && (at + 2 >= _end || _text[at + 2] == '/' || ConfigText.IsBlank(_text[at + 2]));

    private string WordBehind(int slash)
    {
        int start = slash + 1;
        while (start < _end && ConfigText.IsBlank(_text[start]))
            start++;
        int stop = start;
        while (stop < _end && !ConfigText.IsBlank(_text[stop]) && _text[stop] != '/')
            stop++;
        return _text[start..stop];
    }

    private void SkipBlanks()
    {
        while (_at < _end && ConfigText.IsBlank(_text[_at]))
            _at++;
    }
}
