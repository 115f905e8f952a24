// What the architecture promises and the build cannot refuse: the project references are the
// layers, banned calls are banned where they must be, and READMEs name files that exist. (The tests
// that documents name are the business of NamedTestsTests.)

using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using PacketSwitch.Tests.Control.Config;
using Xunit;

namespace PacketSwitch.Tests.Tidy;

public sealed partial class ArchitectureTests
{
    private static readonly string Root = Texts.RepositoryRoot;

    [Theory]
    [InlineData("PacketSwitch.Wire")]
    [InlineData("PacketSwitch.DataPlane", "PacketSwitch.Wire")]
    [InlineData("PacketSwitch.PacketIo", "PacketSwitch.DataPlane")]
    [InlineData("PacketSwitch.Control", "PacketSwitch.DataPlane")]
    [InlineData("PacketSwitch", "PacketSwitch.Control", "PacketSwitch.PacketIo")]
    public void Project_references_are_the_layers(string project, params string[] layers)
        => Assert.Equal(
            layers,
            References(project, "ProjectReference")
                .Select(Path.GetFileNameWithoutExtension).Order());

    [Theory]
    [InlineData("PacketSwitch.Wire", "PacketDotNet")]
    [InlineData("PacketSwitch.DataPlane", "Microsoft.CodeAnalysis.BannedApiAnalyzers")]
    [InlineData("PacketSwitch.PacketIo", "SharpPcap")]
    public void A_lower_layer_knows_no_other_package(string project, params string[] packages)
        => Assert.Equal(packages, References(project, "PackageReference").Order());

    [Fact]
    public void Every_project_under_src_is_a_layer()
    {
        string?[] layers =
        [
            "PacketSwitch", "PacketSwitch.Control", "PacketSwitch.DataPlane",
            "PacketSwitch.PacketIo", "PacketSwitch.Wire",
        ];

        string[] folders = Directory.GetDirectories(Path.Combine(Root, "src"));

        Assert.Equal(layers, folders.Select(Path.GetFileName).Order());
    }

    [Fact]
    public void The_data_plane_is_built_without_logging_or_ports()
    {
        Assembly plane = typeof(PacketSwitch.DataPlane.FrameBurst).Assembly;

        string[] foreign =
        [
            .. plane.GetReferencedAssemblies().Select(name => name.Name!)
                .Where(name => !name.StartsWith("System.", StringComparison.Ordinal)),
        ];

        Assert.Equal(["PacketDotNet", "PacketSwitch.Wire"], foreign.Order());
        Assert.DoesNotContain(
            plane.GetReferencedAssemblies(), name => name.Name == "System.Console");
    }

    [Theory]
    [InlineData("T:System.DateTime;")]
    [InlineData("T:System.Diagnostics.Stopwatch;")]
    [InlineData("P:System.Environment.TickCount64;")]
    [InlineData("T:System.Threading.Tasks.Task;")]
    [InlineData("T:System.Threading.Thread;")]
    [InlineData("T:System.Threading.Monitor;")]
    [InlineData("T:System.Threading.Lock;")]
    [InlineData("T:System.Console;")]
    [InlineData("T:System.Linq.Enumerable;")]
    public void The_build_refuses_what_the_data_plane_must_not_call(string symbol)
    {
        string folder = Path.Combine(Root, "src", "PacketSwitch.DataPlane");

        Assert.Contains(
            File.ReadLines(Path.Combine(folder, "BannedSymbols.txt")),
            line => line.StartsWith(symbol, StringComparison.Ordinal));
        var project = XDocument.Load(Path.Combine(folder, "PacketSwitch.DataPlane.csproj"));
        Assert.Contains(
            project.Descendants("AdditionalFiles"),
            file => (string?)file.Attribute("Include") == "BannedSymbols.txt");
    }

    public static TheoryData<string> Readmes() => [.. Prose("README.md")];

    [Theory]
    [MemberData(nameof(Readmes))]
    public void Files_that_a_readme_names_exist(string readme)
    {
        string text = File.ReadAllText(Path.Combine(Root, readme));

        string[] missing = MissingFiles(text, Path.GetDirectoryName(Path.Combine(Root, readme))!);

        Assert.True(missing.Length == 0, $"{readme} names {string.Join(", ", missing)}");
    }

    [Fact]
    public void A_file_that_does_not_exist_is_missed()
    {
        string folder = Path.Combine(Root, "src", "PacketSwitch.DataPlane");
        const string Text = "`Limits.cs`, `Sessions/SessionTable.cs`, [b](README.md), "
            + "`NoSuchFile.cs`, [c](no/such.md), `Sessions/`, `NoSuchFolder/`, "
            + "`a.b()`, `--x`, `lab.cfg`";

        Assert.Equal(
            ["NoSuchFile.cs", "NoSuchFolder/", "no/such.md"],
            MissingFiles(Text, folder).Order(StringComparer.Ordinal));
    }

    private static IEnumerable<string> References(string project, string kind)
        => XDocument.Load(Path.Combine(Root, "src", project, project + ".csproj")).Descendants(kind)
            .Select(reference => ((string)reference.Attribute("Include")!).Replace('\\', '/'));

    // What is made by a build, or by a tool into its own folder, is no prose of ours.
    private static IEnumerable<string> Prose(string name)
        => Directory.EnumerateFiles(Root, name, SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Root, file).Replace('\\', '/'))
            .Where(path => !path.Contains("/bin/") && !path.Contains("/obj/"))
            .Where(path => !path.StartsWith('.')).Order();

    // Source files and folders in `...` and the targets of links. A file may be named from the
    // README's folder, from the root, or by its name alone.
    private static string[] MissingFiles(string text, string folder)
    {
        HashSet<string> names =
        [
            .. ((string[])["src", "tests", "tools", "bench"])
                .SelectMany(top => Directory.EnumerateFiles(
                    Path.Combine(Root, top), "*", SearchOption.AllDirectories))
                .Select(file => Path.GetFileName(file)),
        ];
        IEnumerable<string> quoted = Quoted().Matches(text).Select(match => match.Groups[1].Value)
            .Where(word => SourceName().IsMatch(word));
        IEnumerable<string> linked = Linked().Matches(text).Select(match => match.Groups[1].Value)
            .Where(target => !target.Contains("://") && !target.StartsWith('#'));
        return
        [
            .. quoted.Concat(linked).Distinct().Where(path =>
                !Path.Exists(Path.Combine(folder, path)) && !Path.Exists(Path.Combine(Root, path))
                && !(names.Contains(path) && !path.Contains('/'))),
        ];
    }

    [GeneratedRegex("`([^`\n]+)`")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Linked();

    // A folder begins with a capital letter here; `a/` may be a path of the configuration.
    [GeneratedRegex(@"^([\w.\-/]+\.(cs|csproj|sh)|[A-Z]\w*/)$")]
    private static partial Regex SourceName();
}
