// What lies around the tests: the tree under test, and the seed document and foreign captures, which are on
// some machines only. Tests that need those are skipped with a reason elsewhere.

using Xunit;

namespace PacketSwitch.Cli.Tests.Support;

internal static class Surroundings
{
    /// <summary>The folder that holds the solution.</summary>
    public static string Repository { get; } = FindRepository();

    /// <summary>The walk-through of the seed document, cut out of it verbatim.</summary>
    public static string Walkthrough() => Path.Combine(Folder("PACKETSWITCH_SEED", "seed"), "walkthrough.txt");

    /// <summary>All captures of foreign projects, by name.</summary>
    public static string[] ForeignCaptures()
    {
        string[] files = Directory.GetFiles(Folder("PACKETSWITCH_CAPTURES", "captures"), "*.pcap*");
        Array.Sort(files, StringComparer.Ordinal);
        return files;
    }

    /// <summary>The only foreign capture whose name begins so.</summary>
    public static string ForeignCapture(string begin) =>
        ForeignCaptures().Single(file => Path.GetFileName(file).StartsWith(begin, StringComparison.Ordinal));

    private static string Folder(string variable, string name)
    {
        string folder = Environment.GetEnvironmentVariable(variable)
            ?? Path.Combine(Repository, "..", "shared", name);
        Skip.IfNot(Directory.Exists(folder), $"needs the folder that {variable} names");
        return folder;
    }

    private static string FindRepository()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && folder.GetFiles("PacketSwitch.sln").Length == 0)
            folder = folder.Parent;
        return folder?.FullName
            ?? throw new InvalidOperationException("PacketSwitch.sln is not above the tests");
    }
}
