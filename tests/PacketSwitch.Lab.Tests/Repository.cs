// Where the tree under test is: the folder above this assembly that holds the solution. Used by all
// tests here, which start the tree's own scripts.
namespace PacketSwitch.Lab.Tests;

internal static class Repository
{
    public static string Root { get; } = Find();

    public static string RunLab { get; } = Path.Combine(Root, "run-lab.sh");

    /// <summary>
    /// Copies what is under version control, in effect: the sources without any output.
    /// </summary>
    public static void CopySources(string target)
    {
        string[] files =
            ["run-lab.sh", "Directory.Build.props", "Directory.Packages.props", ".editorconfig"];
        foreach (var file in files)
            File.Copy(Path.Combine(Root, file), Path.Combine(target, file));
        foreach (var folder in new[] { "src", "tools" })
            CopyFolder(Path.Combine(Root, folder), Path.Combine(target, folder));
    }

    private static void CopyFolder(string source, string target)
    {
        Directory.CreateDirectory(target);
        foreach (var file in Directory.GetFiles(source))
            File.Copy(file, Path.Combine(target, Path.GetFileName(file)));
        foreach (var folder in Directory.GetDirectories(source))
        {
            if (Path.GetFileName(folder) is not ("bin" or "obj"))
                CopyFolder(folder, Path.Combine(target, Path.GetFileName(folder)));
        }
    }

    private static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && folder.GetFiles("PacketSwitch.sln") is [])
            folder = folder.Parent;
        return folder?.FullName
            ?? throw new InvalidOperationException("PacketSwitch.sln is not above the tests");
    }
}
