// The house style as a test: every C# file of the repository, by TidyRules, but for what
// tidy-exceptions.txt lists. That list may only shrink: the figures here are lowered when it does,
// and never raised.

using PacketSwitch.Tests.Control.Config;
using Xunit;

namespace PacketSwitch.Tests.Tidy;

public sealed class TidyTests
{
    private const int MostExceptions = 436;
    private const int MostWideLines = 2728;

    private static readonly string Root = Texts.RepositoryRoot;

    [Fact]
    public void Every_file_keeps_to_the_house_style()
    {
        IEnumerable<TidyFinding> findings = Files().SelectMany(TidyRules.Check);

        string[] problems = [.. ReadExceptions().Compare(findings)];

        Assert.True(problems.Length == 0, string.Join('\n', problems.Order().Prepend("")));
    }

    [Fact]
    public void The_list_of_exceptions_only_shrinks()
    {
        TidyExceptions exceptions = ReadExceptions();

        Assert.InRange(exceptions.Count, 0, MostExceptions);
        Assert.InRange(exceptions.Total("wide-lines"), 0, MostWideLines);
    }

    private static TidyExceptions ReadExceptions() => new(File.ReadLines(
        Path.Combine(Root, "tests", "PacketSwitch.Tests", "Tidy", "tidy-exceptions.txt")));

    private static IEnumerable<SourceFile> Files()
        => from folder in (string[])["src", "tests", "tools", "bench"]
           from file in Directory.EnumerateFiles(
               Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories)
           let path = Path.GetRelativePath(Root, file).Replace('\\', '/')
           where !path.Contains("/obj/") && !path.Contains("/bin/")
           select new SourceFile(path, File.ReadAllText(file));
}
