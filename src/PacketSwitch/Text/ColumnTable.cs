// A table of fixed columns that may be piped: as wide as its contents, no frames, no colour, no dependence on the terminal. A heading that ends
// in ':' makes its column right-aligned. Used by every listing.

using System.Text;
using PacketSwitch.Control.Config;

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
        int[] widths = [.. heads.Select(
            (head, i) => _rows.Select(row => TextWidth.Of(row[i])).Append(head.Length).Max())];
        var text = new StringBuilder();
        foreach (string[] row in _rows.Prepend(heads))
        {
            var line = new StringBuilder();
            for (int i = 0; i < row.Length; i++)
            {
                line.Append(i == 0 ? "" : "  ");
                string pad = new(' ', widths[i] - TextWidth.Of(row[i]));
                line.Append(right[i] ? pad + row[i] : row[i] + pad);
            }
            text.Append(line.ToString().TrimEnd()).Append('\n');
        }
        return text.ToString();
    }
}
