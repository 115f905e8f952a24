// What an import gave: a configuration, and an account of every line. Made by the importers; printed by the import command.

using System.Globalization;
using System.Text;
using PacketSwitch.Control.Config;

namespace PacketSwitch.Control.Import;

/// <summary>A configuration of ours and where it comes from.</summary>
/// <param name="Config">The configuration; it may lack what the other tool does not have, such as ports.</param>
/// <param name="Lines">Every line that says something, in order.</param>
public sealed record ImportResult(SwitchConfig Config, IReadOnlyList<ImportedLine> Lines)
{
    /// <summary>How many lines have this fate.</summary>
    public int Count(ImportKind kind) => Lines.Count(line => line.Kind == kind);

    /// <summary>A line of the report for every line of the file, then the sums.</summary>
    public string Report(string file)
    {
        var text = new StringBuilder();
        foreach (ImportedLine line in Lines)
        {
            string kind = line.Kind.ToString().ToLowerInvariant();
            text.Append(CultureInfo.InvariantCulture, $"{file}:{line.Line}: {kind,-12} {line.Text}");
            text.Append(line.Note.Length == 0 ? "" : $"   ({line.Note})").Append('\n');
        }
        return text.Append(Sums()).ToString();
    }

    /// <summary>The sums alone.</summary>
    public string Sums()
        => $"{Count(ImportKind.Imported)} imported, {Count(ImportKind.Approximated)} approximated, "
            + $"{Count(ImportKind.Ignored)} ignored";
}
