// Finds the word a person meant: the one with the least edit distance, where two swapped letters
// count once. Parser, validator and command line ask it for "did you mean".

namespace PacketSwitch.Control.Config;

/// <summary>Guesses at misspelled words.</summary>
public static class NearestWord
{
    private const int LongestCompared = 32;

    /// <summary>The nearest of the words, or null if none is near enough to be meant.</summary>
    public static string? Find(string word, IEnumerable<string> words) => Find(word, words, out _);

    internal static string? Find(string word, IEnumerable<string> words, out int distance)
    {
        distance = int.MaxValue;
        string? nearest = null;
        if (word.Length is 0 or > LongestCompared)
            return null;
        string wanted = word.ToLowerInvariant();
        foreach (string each in words)
        {
            string candidate = each.ToLowerInvariant();
            bool isSpelledOut = IsSpelledOut(wanted, candidate);
            bool isBeginning = IsSpelledOut(candidate, wanted);
            int allowed = Allowed(wanted, candidate);
            if (!isSpelledOut && !isBeginning
                && Math.Abs(wanted.Length - candidate.Length) > allowed)
                continue;
            int d = isBeginning ? 1 : Distance(wanted, candidate);
            if (d < distance && (isSpelledOut || d <= allowed))
            {
                distance = d;
                nearest = each;
            }
        }
        return nearest;
    }

    // "address" for addr, "healthcheck" for health; the other way round "least" for leastconns.
    private static bool IsSpelledOut(string word, string candidate) =>
        candidate.Length >= 3 && word.StartsWith(candidate, StringComparison.Ordinal);

    private static int Allowed(string word, string candidate) =>
        Math.Max(word.Length, candidate.Length) switch
        {
            <= 4 => 1,
            <= 7 => 2,
            _ => 3,
        };

    /// <summary>The optimal string alignment distance.</summary>
    internal static int Distance(string a, string b)
    {
        int[,] d = new int[a.Length + 1, b.Length + 1];
        for (int i = 0; i <= a.Length; i++)
            d[i, 0] = i;
        for (int j = 0; j <= b.Length; j++)
            d[0, j] = j;
        for (int i = 1; i <= a.Length; i++)
        {
            for (int j = 1; j <= b.Length; j++)
            {
                int cost = a[i - 1] == b[j - 1] ? 0 : 1;
                int best = Math.Min(
                    Math.Min(d[i - 1, j] + 1, d[i, j - 1] + 1), d[i - 1, j - 1] + cost);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    best = Math.Min(best, d[i - 2, j - 2] + 1);
                d[i, j] = best;
            }
        }
        return d[a.Length, b.Length];
    }
}
