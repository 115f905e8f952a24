// The rules of the house style that can be counted. Each takes a file and says what is wrong with
// it; TidyTests applies them to the repository, TidyRulesTests to texts that break them.

using System.Text.RegularExpressions;

namespace PacketSwitch.Tests.Tidy;

/// <summary>A rule that a file breaks.</summary>
/// <param name="Rule">The rule's name in the list of exceptions.</param>
/// <param name="Where">File, or file and function.</param>
/// <param name="Amount">How much: lines, or how many of them.</param>
internal readonly record struct TidyFinding(string Rule, string Where, int Amount);

/// <summary>Sizes, and words that belong to certain places.</summary>
internal static partial class TidyRules
{
    public const int MostLines = 400, MostFunctionLines = 70, MostColumns = 100;

    private const string DataPlane = "src/PacketSwitch.DataPlane/";

    // No clock, thread, lock, log or LINQ in the data plane. The analyzer of banned symbols refuses
    // the same at build time; this rule tells when it does not run.
    private static readonly string[] NotInDataPlane =
    [
        "DateTime", "DateTimeOffset", "Stopwatch", "Console", "Thread", "Task", "ILogger",
        "Monitor", "Random", "using System.Linq", "lock (", "dynamic ", "Environment.TickCount",
    ];

    /// <summary>Everything that is wrong with a file.</summary>
    public static IEnumerable<TidyFinding> Check(SourceFile file)
        => Sizes(file).Concat(Places(file)).Concat(Texts(file));

    private static IEnumerable<TidyFinding> Sizes(SourceFile file)
    {
        if (file.Lines.Count > MostLines)
        {
            yield return new TidyFinding("file-lines", file.Path, file.Lines.Count);
        }
        int wide = file.Lines.Count(line => line.Length > MostColumns);
        if (wide > 0)
        {
            yield return new TidyFinding("wide-lines", file.Path, wide);
        }
        // Overloads share a name: the longest counts.
        foreach (var function in file.Functions().GroupBy(function => function.Name))
        {
            int lines = function.Max(each => each.Lines);
            if (lines > MostFunctionLines)
            {
                string where = $"{file.Path}:{function.Key}";
                yield return new TidyFinding("function-lines", where, lines);
            }
        }
    }

    private static IEnumerable<TidyFinding> Places(SourceFile file)
    {
        if (!IsIn(file, "src/"))
        {
            yield break;
        }
        bool mayBeUnsafe = IsIn(file, "src/PacketSwitch.PacketIo/")
            || IsIn(file, DataPlane + "Sessions/")
            || file.Path is DataPlane + "FrameBurst.cs" or DataPlane + "Ports/FrameDescriptor.cs";
        if (!mayBeUnsafe && HasWord(file, "unsafe"))
        {
            yield return new TidyFinding("unsafe", file.Path, 1);
        }
        if (!IsIn(file, DataPlane))
        {
            yield break;
        }
        bool mayShare = IsIn(file, DataPlane + "Sessions/")
            || IsIn(file, DataPlane + "Concurrency/");
        string[] sharing = ["Volatile", "Interlocked", "volatile"];
        if (!mayShare && sharing.Any(word => HasWord(file, word)))
        {
            yield return new TidyFinding("shared-memory", file.Path, 1);
        }
        foreach (string word in NotInDataPlane.Where(word => HasWord(file, word)))
        {
            yield return new TidyFinding("not-in-data-plane", $"{file.Path}:{word.Trim()}", 1);
        }
    }

    private static IEnumerable<TidyFinding> Texts(SourceFile file)
    {
        if (!file.Lines[0].StartsWith("//", StringComparison.Ordinal))
        {
            yield return new TidyFinding("no-opening-paragraph", file.Path, 1);
        }
        string[] unfinished = ["TO" + "DO", "FIX" + "ME", "HA" + "CK"];
        int marks = file.Lines.Count(
            line => unfinished.Any(mark => line.Contains(mark, StringComparison.Ordinal)));
        if (marks > 0)
        {
            yield return new TidyFinding("unfinished", file.Path, marks);
        }
        int dead = file.Lines.Count(line => SwitchedOff().IsMatch(line));
        if (dead > 0)
        {
            yield return new TidyFinding("commented-out", file.Path, dead);
        }
    }

    private static bool IsIn(SourceFile file, string folder)
        => file.Path.StartsWith(folder, StringComparison.Ordinal);

    // A comment that ends as a statement does: a call, an assignment, a return, a lone brace.
    [GeneratedRegex(@"^\s*//\s*(([\w.]+(\(.*\)|\s*[-+|&]?=\s*[^=].*);)|return\b.*;|[{}])\s*$")]
    private static partial Regex SwitchedOff();

    private static bool HasWord(SourceFile file, string word)
    {
        for (int at = file.Code.IndexOf(word, StringComparison.Ordinal); at >= 0;
            at = file.Code.IndexOf(word, at + 1, StringComparison.Ordinal))
        {
            int end = at + word.Length;
            bool begins = at == 0 || !IsNamePart(file.Code[at - 1]);
            bool ends = !IsNamePart(word[^1])
                || end == file.Code.Length || !IsNamePart(file.Code[end]);
            if (begins && ends)
            {
                return true;
            }
        }
        return false;
    }

    private static bool IsNamePart(char letter) => char.IsLetterOrDigit(letter) || letter == '_';
}
