// How a run of the program ended: what every test of a command asserts on.

using System.Text.Json.Nodes;
using Xunit;

namespace PacketSwitch.Cli.Tests.Support;

internal sealed record Finished(int ExitCode, string Output, string Errors)
{
    public string[] OutputLines => Lines(Output);

    public string[] ErrorLines => Lines(Errors);

    /// <summary>Asserts the exit code; a wrong one shows what was printed.</summary>
    public Finished ShouldExit(int exitCode)
    {
        Assert.True(ExitCode == exitCode, $"exit code {ExitCode}, not {exitCode}; printed was:\n{Output}{Errors}");
        Assert.DoesNotContain("   at ", Output + Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("this is a defect", Errors, StringComparison.Ordinal);
        return this;
    }

    /// <summary>Asserts that the program refused with one line on stderr and nothing on stdout.</summary>
    public void ShouldRefuse(int exitCode, string line)
    {
        ShouldExit(exitCode);
        Assert.Equal(line, Assert.Single(ErrorLines));
        Assert.Empty(Output);
    }

    public JsonObject Json()
    {
        Assert.True(JsonNode.Parse(Output) is JsonObject, Output);
        return JsonNode.Parse(Output)!.AsObject();
    }

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
