// A line that is being typed, with the lines before it: what each key does to text, cursor and
// history. Knows no terminal. Used by LineEditor.

namespace PacketSwitch.Client;

/// <summary>What a key ended.</summary>
internal enum LineEnd
{
    /// <summary>Nothing: the line goes on.</summary>
    None,

    /// <summary>The line is finished.</summary>
    Line,

    /// <summary>Ctrl-C: the line is given up.</summary>
    GivenUp,

    /// <summary>Ctrl-D on an empty line: there are no more lines.</summary>
    Input,
}

/// <summary>Text, cursor and history.</summary>
internal sealed class LineBuffer
{
    private const int LongestLine = 4_096;
    private const int MostHistory = 500;

    private readonly List<string> _history = [];
    private int _place;
    private string _draft = "";

    public string Text { get; private set; } = "";

    /// <summary>Before which character the next one goes.</summary>
    public int Cursor { get; private set; }

    /// <summary>Begins a line.</summary>
    public void Begin()
    {
        Set("");
        _draft = "";
        _place = _history.Count;
    }

    /// <summary>Remembers a line; an empty one and a repetition are not.</summary>
    public void Remember(string line)
    {
        if (line.Trim().Length > 0 && (_history.Count == 0 || _history[^1] != line))
        {
            _history.Add(line);
        }
        if (_history.Count > MostHistory)
        {
            _history.RemoveAt(0);
        }
    }

    /// <summary>Does what the key says.</summary>
    public LineEnd Press(ConsoleKeyInfo key)
    {
        bool control = (key.Modifiers & ConsoleModifiers.Control) != 0;
        switch (key.Key)
        {
            case ConsoleKey.Enter:
                return LineEnd.Line;
            case ConsoleKey.C when control:
                return LineEnd.GivenUp;
            case ConsoleKey.D when control && Text.Length == 0:
                return LineEnd.Input;
            case ConsoleKey.D when control:
            case ConsoleKey.Delete:
                Remove(Cursor, 1);
                break;
            case ConsoleKey.Backspace:
            case ConsoleKey.H when control:
                Remove(Cursor - 1, 1);
                break;
            case ConsoleKey.K when control:
                Remove(Cursor, Text.Length - Cursor);
                break;
            case ConsoleKey.U when control:
                Remove(0, Cursor);
                break;
            case ConsoleKey.W when control:
                int start = WordStart();
                Remove(start, Cursor - start);
                break;
            default:
                if (!Move(key.Key, control) && !char.IsControl(key.KeyChar))
                {
                    Insert(key.KeyChar);
                }
                break;
        }
        return LineEnd.None;
    }

    private bool Move(ConsoleKey key, bool control)
    {
        switch (key)
        {
            case ConsoleKey.LeftArrow when control:
                Cursor = WordStart();
                return true;
            case ConsoleKey.LeftArrow:
            case ConsoleKey.B when control:
                Cursor = Math.Max(0, Cursor - 1);
                return true;
            case ConsoleKey.RightArrow:
            case ConsoleKey.F when control:
                Cursor = Math.Min(Text.Length, Cursor + 1);
                return true;
            case ConsoleKey.Home:
            case ConsoleKey.A when control:
                Cursor = 0;
                return true;
            case ConsoleKey.End:
            case ConsoleKey.E when control:
                Cursor = Text.Length;
                return true;
            case ConsoleKey.UpArrow:
            case ConsoleKey.P when control:
                Recall(-1);
                return true;
            case ConsoleKey.DownArrow:
            case ConsoleKey.N when control:
                Recall(1);
                return true;
            default:
                return false;
        }
    }

    // The line that was begun waits below the last remembered one.
    private void Recall(int step)
    {
        int place = _place + step;
        if (place < 0 || place > _history.Count)
        {
            return;
        }
        _draft = _place == _history.Count ? Text : _draft;
        _place = place;
        Set(place == _history.Count ? _draft : _history[place]);
    }

    private void Insert(char character)
    {
        if (Text.Length < LongestLine)
        {
            Text = Text.Insert(Cursor, character.ToString());
            Cursor++;
        }
    }

    private void Remove(int start, int count)
    {
        count = Math.Min(count, Text.Length - Math.Max(0, start));
        if (start < 0 || count <= 0)
        {
            return;
        }
        Text = Text.Remove(start, count);
        Cursor = Math.Min(start, Text.Length);
    }

    private int WordStart()
    {
        int start = Cursor;
        while (start > 0 && Text[start - 1] is (' ' or '/'))
        {
            start--;
        }
        while (start > 0 && Text[start - 1] is not (' ' or '/'))
        {
            start--;
        }
        return start;
    }

    private void Set(string text)
    {
        Text = text;
        Cursor = text.Length;
    }
}
