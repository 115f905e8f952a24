// `packetswitch completion bash|zsh|fish`: a script for the shell that completes words. It calls
// the program that printed it with `[suggest:N] LINE`, as System.CommandLine's directive is spelt;
// the words come from the command tree, names of objects from the running switch (ObjectNames).

using System.CommandLine;
using System.CommandLine.Completions;
using System.Globalization;

namespace PacketSwitch.Commands;

/// <summary>Prints completion scripts.</summary>
internal static class CompletionCommand
{
    private const string Question = "[suggest";

    /// <summary>True for a shell's question for words, which is no complete command line.</summary>
    public static bool IsQuestion(string[] arguments)
        => arguments.Length > 0 && arguments[0].StartsWith(Question, StringComparison.Ordinal);

    /// <summary>Prints the words that may stand at the place that is asked about; options only when
    /// one is begun.</summary>
    public static int Answer(RootCommand root, string[] arguments)
    {
        string line = arguments.Length > 1 ? arguments[1] : "";
        ReadOnlySpan<char> number = arguments[0].AsSpan(Question.Length).Trim(":]");
        bool isSaid = int.TryParse(
            number, NumberStyles.None, CultureInfo.InvariantCulture, out int said);
        int end = isSaid ? Math.Min(said, line.Length) : line.Length;
        string word = line[..end].Split(' ')[^1];
        foreach (CompletionItem item in root.Parse(line).GetCompletions(end))
        {
            bool isOption = item.Label[0] is '-' or '/';
            if (item.Label.StartsWith(word, StringComparison.Ordinal)
                && (!isOption || word.StartsWith('-')))
            {
                Console.Out.WriteLine(item.Label);
            }
        }
        return 0;
    }

    public static Command Row()
    {
        var shell = new Argument<string>("SHELL")
        {
            Description = "bash, zsh or fish",
            HelpName = "SHELL",
        };
        shell.AcceptOnlyFromAmong("bash", "zsh", "fish");
        var command = new Command(
            "completion", "a script that completes words: source <(packetswitch completion bash)")
        {
            shell,
        };
        command.SetAction(parsed =>
        {
            Console.Out.Write(Script(parsed.GetValue(shell)!, Program()));
            return 0;
        });
        return command;
    }

    // How this program was started, quoted for a shell.
    private static string Program()
    {
        string process = Environment.ProcessPath ?? "packetswitch";
        return Path.GetFileNameWithoutExtension(process) == "dotnet"
            ? $"'{process}' '{Path.Combine(AppContext.BaseDirectory, "packetswitch.dll")}'"
            : $"'{process}'";
    }

    private static string Script(string shell, string program) => shell switch
    {
        "bash" => $$"""
            # bash completion of packetswitch; in ~/.bashrc: source <(packetswitch completion bash)
            _packetswitch() {
                local line=${COMP_LINE:0:COMP_POINT}
                mapfile -t COMPREPLY < <({{program}} "[suggest:${#line}]" "$line" 2>/dev/null)
            }
            complete -o default -F _packetswitch packetswitch

            """,
        "zsh" => $$"""
            #compdef packetswitch
            # zsh completion of packetswitch; in ~/.zshrc: source <(packetswitch completion zsh),
            # or in a file _packetswitch of a folder in fpath
            _packetswitch() {
                local line="${(j: :)words[1,CURRENT-1]} $PREFIX"
                local -a found
                found=("${(@f)$({{program}} "[suggest:${#line}]" "$line" 2>/dev/null)}")
                if [[ -n "$found" ]]; then compadd -- $found; else _files; fi
            }
            if [[ $funcstack[1] = _packetswitch ]]; then
                _packetswitch
            else
                (( $+functions[compdef] )) || { autoload -Uz compinit && compinit; }
                compdef _packetswitch packetswitch
            fi

            """,
        _ => $$"""
            # fish completion of packetswitch, for ~/.config/fish/completions/packetswitch.fish
            function __packetswitch
                set -l line (commandline -cp)
                set -l place "[suggest:"(string length -- "$line")"]"
                set -l found ({{program}} $place "$line" 2>/dev/null)
                if set -q found[1]
                    printf '%s\n' $found
                else
                    __fish_complete_path (commandline -ct)
                end
            end
            complete -c packetswitch -f -a '(__packetswitch)'

            """,
    };
}
