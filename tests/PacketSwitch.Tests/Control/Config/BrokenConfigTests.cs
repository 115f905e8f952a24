// Every broken/*.cfg is a mistake an operator makes, and the .expected beside it is what check
// prints, to the letter. PACKETSWITCH_BLESS=1 rewrites the expected files; read the diff before
// committing it.

using PacketSwitch.Commands;
using Xunit;

namespace PacketSwitch.Tests.Control.Config;

public sealed class BrokenConfigTests
{
    public static TheoryData<string> Files()
    {
        var files = new TheoryData<string>();
        foreach (string path in Directory.GetFiles(
            Texts.BrokenFolder, "*.cfg").Order(StringComparer.Ordinal))
            files.Add(Path.GetFileName(path));
        return files;
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void A_broken_configuration_prints_exactly_what_is_expected_and_exits_3(string name)
    {
        string path = Path.Combine(Texts.BrokenFolder, name);
        string expectedPath = Path.ChangeExtension(path, ".expected");
        var output = new StringWriter { NewLine = "\n" };
        var errors = new StringWriter();

        int exitCode = CheckCommand.Run([path], json: false, output, errors);

        string printed = output.ToString().Replace(
            Texts.BrokenFolder + Path.DirectorySeparatorChar, "", StringComparison.Ordinal);
        if (Environment.GetEnvironmentVariable("PACKETSWITCH_BLESS") == "1")
            File.WriteAllText(expectedPath, printed);
        Assert.Equal(File.ReadAllText(expectedPath), printed);
        Assert.Equal(3, exitCode);
        Assert.Equal("", errors.ToString());
    }

    [Fact]
    public void There_are_at_least_forty_broken_configurations() =>
        Assert.True(Directory.GetFiles(Texts.BrokenFolder, "*.cfg").Length >= 40);
}
