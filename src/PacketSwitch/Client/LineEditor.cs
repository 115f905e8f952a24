// Reads lines from a terminal as people expect of a shell: arrows, home and end, the lines before,
// Ctrl-C gives a line up, Ctrl-D ends. Used by the interactive shell; where the input or the output
// is no terminal, lines are read as they come. (RadLine would be a library for it; it is a preview
// that was left behind and does not go with the Spectre.Console used here.)

using System.Globalization;
using System.Text;

namespace PacketSwitch.Client;

/// <summary>A prompt that can be edited.</summary>
internal sealed class LineEditor
{
    private const int LeastWidth = 20;

    private readonly LineBuffer _buffer = new();

    private static bool IsTerminal
        => !Console.IsInputRedirected && !Console.IsOutputRedirected
            && Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb");

    /// <summary>The next line; null when there are no more. A line that was given up is
    /// empty.</summary>
    public string? Read(string prompt)
    {
        if (!IsTerminal)
        {
            Console.Out.Write(prompt);
            return Console.In.ReadLine();
        }
        bool wasInput = Console.TreatControlCAsInput;
        Console.TreatControlCAsInput = true;
        try
        {
            return Edit(prompt);
        }
        finally
        {
            Console.TreatControlCAsInput = wasInput;
        }
    }

    private string? Edit(string prompt)
    {
        _buffer.Begin();
        Draw(prompt);
        while (true)
        {
            ConsoleKeyInfo key = Console.ReadKey(intercept: true);
            bool clears = key is { Key: ConsoleKey.L, Modifiers: ConsoleModifiers.Control };
            LineEnd end = clears ? LineEnd.None : _buffer.Press(key);
            if (clears)
            {
                Console.Out.Write("\e[H\e[2J");
            }
            // What was pasted is drawn once.
            if (end == LineEnd.None && !Console.KeyAvailable)
            {
                Draw(prompt);
            }
            if (end == LineEnd.None)
            {
                continue;
            }
            Draw(prompt);
            Console.Out.Write(end == LineEnd.GivenUp ? "^C\n" : "\n");
            if (end == LineEnd.Line)
            {
                _buffer.Remember(_buffer.Text);
            }
            return end switch
            {
                LineEnd.Line => _buffer.Text,
                LineEnd.GivenUp => "",
                _ => null,
            };
        }
    }

    // One row of the terminal: of a longer line the part around the cursor.
    private void Draw(string prompt)
    {
        int width = Math.Max(LeastWidth, Console.WindowWidth) - 1;
        string shownPrompt = prompt.Length > width / 2 ? prompt[^(width / 2)..] : prompt;
        int room = width - shownPrompt.Length;
        int first = Math.Max(0, _buffer.Cursor - room);
        string text = _buffer.Text[first..Math.Min(_buffer.Text.Length, first + room)];
        var line = new StringBuilder("\r").Append(shownPrompt).Append(text).Append("\e[K\r");
        int column = shownPrompt.Length + _buffer.Cursor - first;
        if (column > 0)
        {
            line.Append(CultureInfo.InvariantCulture, $"\e[{column}C");
        }
        Console.Out.Write(line);
        Console.Out.Flush();
    }
}
