// A folder of one test's own, gone with the test. Base of the test classes that write files.

namespace PacketSwitch.Cli.Tests.Support;

public abstract class TestFolder : IDisposable
{
    private readonly string _folder =
        Directory.CreateTempSubdirectory("packetswitch-cli-test-").FullName;

    /// <summary>The path of a file in the folder, which need not exist.</summary>
    protected string At(string name) => Path.Combine(_folder, name);

    /// <summary>Writes a file and returns its path.</summary>
    protected string Write(string name, string text)
    {
        File.WriteAllText(At(name), text);
        return At(name);
    }

    /// <summary>Writes a file and returns its path.</summary>
    protected string Write(string name, byte[] bytes)
    {
        File.WriteAllBytes(At(name), bytes);
        return At(name);
    }

    public void Dispose()
    {
        Directory.Delete(_folder, recursive: true);
        GC.SuppressFinalize(this);
    }
}
