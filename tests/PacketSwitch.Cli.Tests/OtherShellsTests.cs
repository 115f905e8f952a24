// The completion of words in a real zsh and a real fish; in bash see SmallCommandsTests. Skipped
// with the reason where the shell is not installed (tools/setup.sh --test-peers).

using System.Text.RegularExpressions;
using PacketSwitch.Cli.Tests.Support;
using Xunit;

namespace PacketSwitch.Cli.Tests;

public sealed class OtherShellsTests : TestFolder
{
    // Tab needs a terminal: zsh gives itself one. What is listed stands between the line and the
    // prompt that is drawn again. "$1" is the line, "$2" what loads the script.
    private const string Tab = """
        zmodload zsh/zpty
        await() {
            local read
            zpty -r shell read "*$1*" && print -r -- "$read"
        }
        zpty shell "zsh -f -i"
        zpty -w shell "stty -echo; unset zle_bracketed_paste; PS1='READY> '; $2; print LO''ADED"
        await LOADED >/dev/null || exit 1
        zpty -w shell "bindkey '^I' list-choices; COLUMNS=200; print BO''UND"
        await BOUND >/dev/null || exit 1
        zpty -w -n shell "$1"$'\t'
        await "READY> $1*READY> $1"
        zpty -d shell
        """;

    [SkippableTheory]
    [InlineData("packetswitch sta", "stats status")]
    [InlineData("packetswitch completion ", "bash fish zsh")]
    [InlineData("packetswitch stats --", "--clear --exact --help --json --rate --socket --watch")]
    [InlineData("packetswitch check FILES/one", "one.cfg one.pcap")]
    public void Zsh_completes_words(string line, string words)
    {
        File.WriteAllText(At("script"), Script("zsh"));

        Assert.Equal(words, ZshOffers(line, $"source {At("script")}"));
    }

    [SkippableFact]
    public void Zsh_finds_the_script_in_its_path_and_completes_at_the_first_Tab()
    {
        File.WriteAllText(At("_packetswitch"), Script("zsh"));
        string load = $"fpath=({At("")} $fpath); autoload -Uz compinit; compinit -u -D";

        Assert.Equal("stats status", ZshOffers("packetswitch sta", load));
    }

    [SkippableTheory]
    [InlineData("packetswitch sta", "stats status")]
    [InlineData("packetswitch completion ", "bash fish zsh")]
    [InlineData("packetswitch real dis --d", "--drain")]
    [InlineData("packetswitch nothing --x", "")]
    [InlineData("packetswitch check FILES/one", "FILES/one.cfg FILES/one.pcap")]
    public void Fish_completes_words(string line, string words)
    {
        NeedShell("fish");
        File.WriteAllText(At("script"), Script("fish"));

        using Executable fish = Executable.Start(
            ["fish", "--no-config", "-c", "source $argv[1]; complete -C \"$argv[2]\"", "--",
                At("script"), Files(line)], Nowhere());
        string[] offered = fish.WaitForEnd().ShouldExit(0).OutputLines;

        Assert.Equal(Files(words), string.Join(' ', offered.Order(StringComparer.Ordinal)));
    }

    private string ZshOffers(string line, string load)
    {
        NeedShell("zsh");
        using Executable zsh = Executable.Start(
            ["zsh", "-f", "-c", Tab, "zsh", Files(line), load], Nowhere());
        string screen = zsh.WaitForEnd().ShouldExit(0).Output;
        string[] between = screen.Split("READY> " + Files(line));
        Assert.True(between.Length > 2, screen);
        // What moves the cursor and clears the rest of a line; the mark of a file's kind.
        string listed = Regex.Replace(between[^2], @"\e\[[0-9;?]*[a-zA-Z]|\*(?=\s)", "");
        return string.Join(' ', listed.Split(
            (char[])[' ', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries));
    }

    // Two files of which no completion knows anything.
    private string Files(string text)
    {
        File.WriteAllText(At("one.cfg"), "");
        File.WriteAllText(At("one.pcap"), "");
        return text.Replace("FILES", At("").TrimEnd('/'));
    }

    private static string Script(string shell)
        => Executable.Run("completion", shell).ShouldExit(0).Output;

    private Dictionary<string, string> Nowhere() => new()
    {
        ["PACKETSWITCH_SOCKET"] = "/nowhere",
        ["HOME"] = At(""),
        ["TERM"] = "dumb",
    };

    private static void NeedShell(string shell) => Skip.IfNot(
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
            .Any(folder => File.Exists(Path.Combine(folder, shell))),
        $"needs {shell}: tools/setup.sh --test-peers");
}
