// One line of the screen: pieces of text with a style each. Made by TopScreen; printed as it is
// where there is no terminal.

using System.Text;
using Spectre.Console;

namespace PacketSwitch.Top;

/// <summary>A line in pieces.</summary>
internal sealed class TopLine
{
    private readonly List<(string Text, Style Style)> _pieces = [];

    public IReadOnlyList<(string Text, Style Style)> Pieces => _pieces;

    public int Length => _pieces.Sum(piece => piece.Text.Length);

    public static TopLine Of(string text, Style? style = null) => new TopLine().Add(text, style);

    public TopLine Add(string text, Style? style = null)
    {
        _pieces.Add((text, style ?? Style.Plain));
        return this;
    }

    /// <summary>Blanks up to a column.</summary>
    public TopLine To(int column) => Length < column ? Add(new string(' ', column - Length)) : this;

    /// <summary>The same with a mark in place of its first blank.</summary>
    public TopLine Marked()
    {
        if (_pieces.Count > 0 && _pieces[0].Text.StartsWith(' '))
            _pieces[0] = (">" + _pieces[0].Text[1..], _pieces[0].Style);
        return this;
    }

    /// <summary>The pieces that fit; no line is ever wrapped.</summary>
    public IEnumerable<(string Text, Style Style)> Fit(int width)
    {
        foreach ((string text, Style style) in _pieces)
        {
            if (width <= 0)
                yield break;
            yield return (text.Length <= width ? text : text[..width], style);
            width -= text.Length;
        }
    }

    public override string ToString()
    {
        var text = new StringBuilder();
        _pieces.ForEach(piece => text.Append(piece.Text));
        return text.ToString().TrimEnd();
    }
}
