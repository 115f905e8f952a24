// A section of haproxy.cfg and its lines. Used by HaproxyImporter.

namespace PacketSwitch.Control.Import;

/// <summary>A line in words; quotes and comments are taken off.</summary>
internal sealed record HaproxyLine(int Number, string Text, string[] Words)
{
    /// <summary>The word after the given one, or null.</summary>
    public string? After(string word)
    {
        int at = Array.IndexOf(Words, word);
        return at >= 0 && at + 1 < Words.Length ? Words[at + 1] : null;
    }
}

/// <summary>A section: <c>frontend web</c> and what stands under it.</summary>
internal sealed record HaproxySection(string Kind, string Name, HaproxyLine Head)
{
    private static readonly HashSet<string> Kinds =
        ["global", "defaults", "frontend", "backend", "listen", "peers", "resolvers", "userlist",
            "mailers", "cache", "program", "ring", "http-errors", "fcgi-app", "log-forward",
            "log-profile", "crt-store", "traces", "acme"];

    /// <summary>The defaults that hold here: those named by "from", else the last before.</summary>
    public HaproxySection? Defaults { get; private init; }

    public List<HaproxyLine> Lines { get; } = [];

    /// <summary>The first line that begins with these words, or null.</summary>
    public HaproxyLine? Find(params string[] words)
        => Lines.Find(line => line.Words.AsSpan().StartsWith(words));

    /// <summary>The same, here or else in the defaults.</summary>
    public HaproxyLine? FindOrDefault(params string[] words)
        => Find(words) ?? Defaults?.FindOrDefault(words);

    /// <summary>What the last default-server line that has the word says of servers.</summary>
    public HaproxyLine? DefaultServer(string word)
        => Lines.FindLast(line => line.Words[0] == "default-server" && line.Words.Contains(word))
            ?? Defaults?.DefaultServer(word);

    public static List<HaproxySection> Parse(string text)
    {
        var sections = new List<HaproxySection>();
        string[] lines = text.Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            string[] words = Words(lines[i]);
            if (words.Length == 0)
            {
                continue;
            }
            var line = new HaproxyLine(i + 1, lines[i].Trim(), words);
            if (Kinds.Contains(words[0]) || sections.Count == 0)
            {
                string? from = line.After("from");
                sections.Add(new HaproxySection(words[0], words.Length > 1 ? words[1] : "", line)
                {
                    Defaults = sections.FindLast(section => section.Kind == "defaults"
                        && (from is null ? words[0] != "defaults" : section.Name == from)),
                });
            }
            else
            {
                sections[^1].Lines.Add(line);
            }
        }
        return sections;
    }

    private static string[] Words(string line)
    {
        var words = new List<string>();
        var word = new System.Text.StringBuilder();
        bool isQuoted = false;
        foreach (char letter in line.Trim())
        {
            if (letter == '#' && !isQuoted)
            {
                break;
            }
            if (letter == '"')
            {
                isQuoted = !isQuoted;
            }
            else if (char.IsWhiteSpace(letter) && !isQuoted)
            {
                if (word.Length > 0)
                {
                    words.Add(word.ToString());
                }
                word.Clear();
            }
            else
            {
                word.Append(letter);
            }
        }
        if (word.Length > 0)
        {
            words.Add(word.ToString());
        }
        return [.. words];
    }
}
