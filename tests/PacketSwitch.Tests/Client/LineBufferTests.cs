// What keys do to a line that is being typed: cursor, words, history.

using PacketSwitch.Client;
using Xunit;

namespace PacketSwitch.Tests.Client;

public sealed class LineBufferTests
{
    private readonly LineBuffer _line = new();

    public LineBufferTests() => _line.Begin();

    [Fact]
    public void Letters_go_where_the_cursor_is()
    {
        Type("ena");
        Press(ConsoleKey.Home);
        Type("dis/");
        Press(ConsoleKey.End);
        Type("!");
        Press(ConsoleKey.LeftArrow, ConsoleKey.LeftArrow, ConsoleKey.RightArrow);
        Type("?");

        Assert.Equal("dis/ena?!", _line.Text);
        Assert.Equal(8, _line.Cursor);
    }

    [Fact]
    public void Characters_words_and_halves_are_taken_out()
    {
        Type("/c/slb/real 1/weight 3");
        Press(ConsoleKey.Backspace);
        Control(ConsoleKey.W);
        Assert.Equal("/c/slb/real 1/", _line.Text);
        Control(ConsoleKey.A);
        Press(ConsoleKey.Delete);
        Assert.Equal("c/slb/real 1/", _line.Text);
        Press(ConsoleKey.RightArrow, ConsoleKey.RightArrow);
        Control(ConsoleKey.K);
        Assert.Equal("c/", _line.Text);
        Control(ConsoleKey.U);
        Assert.Equal("", _line.Text);
        Press(ConsoleKey.Backspace, ConsoleKey.Delete, ConsoleKey.LeftArrow);
        Assert.Equal(0, _line.Cursor);
    }

    [Fact]
    public void The_lines_before_come_back_and_the_one_that_was_begun_waits()
    {
        foreach (string line in (string[])["one", "two", "two", "  "])
        {
            _line.Remember(line);
        }
        _line.Begin();
        Type("thr");

        Press(ConsoleKey.UpArrow);
        Assert.Equal("two", _line.Text);
        Press(ConsoleKey.UpArrow, ConsoleKey.UpArrow);
        Assert.Equal("one", _line.Text);
        Press(ConsoleKey.DownArrow, ConsoleKey.DownArrow, ConsoleKey.DownArrow);
        Assert.Equal("thr", _line.Text);
    }

    [Fact]
    public void A_line_ends_is_given_up_or_ends_the_input()
    {
        Assert.Equal(LineEnd.Input, Control(ConsoleKey.D));
        Type("x");
        Press(ConsoleKey.Home);
        Assert.Equal(LineEnd.None, Control(ConsoleKey.D));
        Assert.Equal("", _line.Text);
        Assert.Equal(LineEnd.GivenUp, Control(ConsoleKey.C));
        Assert.Equal(LineEnd.Line, Press(ConsoleKey.Enter));
    }

    [Fact]
    public void Keys_without_a_character_change_nothing()
    {
        Type("a");
        Press(ConsoleKey.F5, ConsoleKey.Tab, ConsoleKey.Escape, ConsoleKey.PageUp);

        Assert.Equal("a", _line.Text);
    }

    private void Type(string text)
    {
        foreach (char character in text)
        {
            _line.Press(new ConsoleKeyInfo(character, ConsoleKey.None, false, false, false));
        }
    }

    private LineEnd Press(params ConsoleKey[] keys)
    {
        LineEnd last = LineEnd.None;
        foreach (ConsoleKey key in keys)
        {
            last = _line.Press(new ConsoleKeyInfo('\0', key, false, false, false));
        }
        return last;
    }

    private LineEnd Control(ConsoleKey key)
        => _line.Press(new ConsoleKeyInfo('\0', key, false, false, control: true));
}
