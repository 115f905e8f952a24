// A text of words and blocks in braces as a tree: what keepalived's configuration looks like. Used by KeepalivedImporter. Comments begin with
// "#" or "!". What is not closed is closed at the end.

namespace PacketSwitch.Control.Import;

/// <summary>A line, and the lines in its braces.</summary>
/// <param name="Line">Its number, from 1.</param>
/// <param name="Text">The line, trimmed.</param>
/// <param name="Word">Its first word.</param>
/// <param name="Arguments">The others.</param>
internal sealed record BraceNode(int Line, string Text, string Word, IReadOnlyList<string> Arguments)
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
            string line = WithoutComment(lines[i]).Trim();
            // One line may hold several: "TCP_CHECK { connect_timeout 3 }".
            string spaced = line.Replace("{", " { ").Replace("}", " } ");
            var words = new List<string>();
            foreach (string word in spaced.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries).Append("\n"))
            {
                bool isEdge = word is "{" or "}" or "\n";
                if (!isEdge)
                {
                    words.Add(word.Trim('"'));
                    continue;
                }
                BraceNode? node = words.Count == 0 ? null : new BraceNode(i + 1, lines[i].Trim(), words[0], words[1..]);
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

    private static string WithoutComment(string line)
    {
        int at = line.AsSpan().IndexOfAny('#', '!');
        return at < 0 ? line : line[..at];
    }
}
