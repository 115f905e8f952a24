// The documents that say which test shows what name only tests that there are.

using System.Reflection;
using System.Text.RegularExpressions;
using PacketSwitch.Tests.Control.Config;
using PacketSwitch.Tests.Scenarios;
using Xunit;

namespace PacketSwitch.Tests.Documents;

public sealed partial class NamedTestsTests
{
    [Theory]
    [InlineData("STANDARDS.md", 60)]
    [InlineData("BEHAVIOURS.md", 100)]
    public void Every_test_that_a_document_names_exists(string document, int least)
    {
        string[] names = [.. Names(document)];

        string[] wrong = [.. names.Where(name => !Exists(name))];

        Assert.True(
            wrong.Length == 0, $"{document} names what is not there: {string.Join(", ", wrong)}");
        Assert.True(
            names.Length >= least, $"{document}: only {names.Length} names were found in it");
    }

    [Fact]
    public void Every_scenario_begins_with_the_sentence_that_says_its_behaviour()
    {
        string[] missing = [.. Directory.EnumerateFiles(Scenario.Folder, "*.scn")
            .Where(path => !File.ReadLines(path).First().StartsWith("# ", StringComparison.Ordinal))
            .Select(path => Path.GetFileName(path))];

        Assert.Empty(missing);
    }

    [Theory]
    [InlineData("nat-opens-session.scn", true)]
    [InlineData("nat-opens-sessions.scn", false)]
    [InlineData(
        "NamedTestsTests.Every_scenario_begins_with_the_sentence_that_says_its_behaviour", true)]
    [InlineData("NamedTestsTests.Every_scenario_begins", false)]
    [InlineData("NoTests.Every_scenario_begins_with_the_sentence_that_says_its_behaviour", false)]
    [InlineData("FullNatTests.AddressOf", false)]
    [InlineData("run-lab.sh modes", true)]
    [InlineData("run-lab.sh nothing", false)]
    public void A_wrong_name_is_seen(string name, bool exists)
        => Assert.Equal(exists, Exists(name));

    // In backquotes: *.scn, Class.Method of a test, run-lab.sh NAME. Other words in backquotes are
    // none of these.
    private static IEnumerable<string> Names(string document)
    {
        string text = File.ReadAllText(Path.Combine(Texts.RepositoryRoot, "tests", document));
        return Name().Matches(text).Select(match => match.Groups[1].Value);
    }

    private static bool Exists(string name)
    {
        if (name.EndsWith(".scn", StringComparison.Ordinal))
        {
            return File.Exists(Path.Combine(Scenario.Folder, name));
        }
        if (name.StartsWith("run-lab.sh ", StringComparison.Ordinal))
        {
            string program =
                Path.Combine(Texts.RepositoryRoot, "tools", "PacketSwitch.Lab", "Program.cs");
            return File.ReadAllText(program).Contains($"[\"{name.Split(' ')[1]}\"");
        }
        string[] parts = name.Split('.');
        return typeof(NamedTestsTests).Assembly.GetTypes()
            .Any(type => type.Name == parts[0] && HasTest(type, parts[1]))
            || IsInSource(parts[0], parts[1]);
    }

    private static bool HasTest(Type type, string method)
        => type.GetMethods(BindingFlags.Instance | BindingFlags.Public).Any(
            each => each.Name == method && each.GetCustomAttributes<FactAttribute>().Any());

    // Tests of the other projects are not loaded here.
    private static bool IsInSource(string type, string method)
    {
        string folder = Path.Combine(Texts.RepositoryRoot, "tests", "PacketSwitch.Cli.Tests");
        string file = Path.Combine(folder, $"{type}.cs");
        return File.Exists(file) && File.ReadAllText(file).Contains($"public void {method}(");
    }

    [GeneratedRegex(@"`([a-z0-9-]+\.scn|[A-Z]\w*Tests\w*\.\w+|run-lab\.sh \w+)`")]
    private static partial Regex Name();
}
