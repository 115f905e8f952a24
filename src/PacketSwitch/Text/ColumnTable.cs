// A table of fixed columns that may be piped: as wide as its contents, no frames, no colour, no dependence on the terminal. A heading that ends
// in ':' makes its column right-aligned. Used by every listing.

using System.Text;

namespace PacketSwitch.Text;

/// <summary>Rows under headings.</summary>
internal sealed class ColumnTable(params string[] headings)
{
    private readonly List<string[]> _rows = [];

    public void Add(params string[] cells) => _rows.Add(cells);

    public bool IsEmpty => _rows.Count == 0;

    public override string ToString()
    {
        bool[] right = [.. headings.Select(heading => heading.EndsWith(':'))];
        string[] heads = [.. headings.Select(heading => heading.TrimEnd(':'))];
        int[] widths = [.. heads.Select((head, i) => Math.Max(head.Length, _rows.Count == 0 ? 0 : _rows.Max(row => row[i].Length)))];
        var text = new StringBuilder();
        foreach (string[] row in _rows.Prepend(heads))
        {
            var line = new StringBuilder();
            for (int i = 0; i < row.Length; i++)
            {
                line.Append(i == 0 ? "" : "  ");
                line.Append(right[i] ? row[i].PadLeft(widths[i]) : row[i].PadRight(widths[i]));
            }
            text.Append(line.ToString().TrimEnd()).Append('\n');
        }
        return text.ToString();
    }
}
