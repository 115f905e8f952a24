// A text of words and blocks in braces as a tree: what keepalived's configuration looks like. Used
// by KeepalivedImporter. Comments begin with "#" or "!". What is not closed is closed at the end.

using System.Text;

namespace PacketSwitch.Control.Import;

/// <summary>A line, and the lines in its braces.</summary>
/// <param name="Line">Its number, from 1.</param>
/// <param name="Text">The line, trimmed.</param>
/// <param name="Word">Its first word.</param>
/// <param name="Arguments">The others.</param>
internal sealed record BraceNode(
    int Line, string Text, string Word, IReadOnlyList<string> Arguments)
{
    public List<BraceNode> Children { get; } = [];

    /// <summary>Reads a text; its lines are the children of the result.</summary>
    public static BraceNode Parse(string text)
    {
        var root = new BraceNode(0, "", "", []);
        var open = new Stack<BraceNode>([root]);
        string[] lines = text.Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            // One line may hold several: "TCP_CHECK { connect_timeout 3 }".
            var words = new List<string>();
            foreach ((string word, bool isEdge) in Words(lines[i]).Append(("\n", true)))
            {
                if (!isEdge)
                {
                    words.Add(word);
                    continue;
                }
                BraceNode? node = words.Count == 0 ? null
                    : new BraceNode(i + 1, lines[i].Trim(), words[0], words[1..]);
                words.Clear();
                if (node is not null)
                {
                    open.Peek().Children.Add(node);
                }
                if (word == "{")
                {
                    // A brace on its own line belongs to the line before.
                    open.Push(node ?? open.Peek().Children.LastOrDefault() ?? open.Peek());
                }
                else if (word == "}" && open.Count > 1)
                {
                    open.Pop();
                }
            }
        }
        return root;
    }

    // The words of a line, and its braces as edges; a brace in quotes, or of a definition as in
    // ${VIP}, is part of its word.
    private static IEnumerable<(string Word, bool IsEdge)> Words(string line)
    {
        var word = new StringBuilder();
        bool isQuoted = false;
        bool isDefinition = false;
        foreach (char letter in line)
        {
            bool isBrace = !isQuoted && !isDefinition && letter is '{' or '}';
            isDefinition = letter switch
            {
                '{' when !isQuoted && word.Length > 0 && word[^1] == '$' => true,
                '}' => false,
                _ => isDefinition,
            };
            isBrace &= !isDefinition;
            bool isComment = !isQuoted && letter is '#' or '!';
            if (isComment || isBrace || (!isQuoted && char.IsWhiteSpace(letter)))
            {
                if (word.Length > 0)
                {
                    yield return (word.ToString(), false);
                }
                word.Clear();
                if (isBrace)
                {
                    yield return ($"{letter}", true);
                }
                if (isComment)
                {
                    yield break;
                }
            }
            else if (letter == '"')
            {
                isQuoted = !isQuoted;
            }
            else
            {
                word.Append(letter);
            }
        }
        if (word.Length > 0)
        {
            yield return (word.ToString(), false);
        }
    }
}
