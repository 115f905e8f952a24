// The list of what breaks a rule and is known to: "RULE WHERE AMOUNT [# reason]" a line. It may
// only shrink. Used by TidyTests.

namespace PacketSwitch.Tests.Tidy;

/// <summary>Findings that are allowed, up to an amount.</summary>
internal sealed class TidyExceptions
{
    private readonly Dictionary<(string Rule, string Where), int> _allowed = [];

    /// <summary>Reads a list.</summary>
    public TidyExceptions(IEnumerable<string> lines)
    {
        foreach (string line in lines)
        {
            string[] words = line.Split('#')[0].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Length == 0)
            {
                continue;
            }
            if (words.Length != 3 || !int.TryParse(words[2], out int amount)
                || !_allowed.TryAdd((words[0], words[1]), amount))
            {
                throw new FormatException($"'{line}' is not RULE WHERE AMOUNT, or stands twice");
            }
        }
    }

    public int Count => _allowed.Count;

    /// <summary>All amounts of a rule together.</summary>
    public int Total(string rule)
        => _allowed.Where(entry => entry.Key.Rule == rule).Sum(entry => entry.Value);

    /// <summary>What is worse than the list allows, and what it allows for nothing.</summary>
    public IEnumerable<string> Compare(IEnumerable<TidyFinding> findings)
    {
        var unused = new HashSet<(string, string)>(_allowed.Keys);
        foreach (TidyFinding finding in findings)
        {
            unused.Remove((finding.Rule, finding.Where));
            int allowed = _allowed.GetValueOrDefault((finding.Rule, finding.Where));
            if (finding.Amount > allowed)
            {
                string was = allowed == 0 ? "" : $", and {allowed} are allowed";
                yield return $"{finding.Where}: {finding.Rule} {finding.Amount}{was}";
            }
        }
        foreach ((string rule, string where) in unused)
        {
            yield return $"{where}: keeps {rule} now; take its line out of tidy-exceptions.txt";
        }
    }
}
