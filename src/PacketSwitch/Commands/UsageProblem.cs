// What a wrong command line is answered with: one line that says what is wrong, one that says where
// to look. Called by Program when the parser has found errors.

using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using PacketSwitch.Control.Config;

namespace PacketSwitch.Commands;

/// <summary>Complaints about the command line.</summary>
internal static class UsageProblem
{
    /// <summary>The exit code of a wrong command line.</summary>
    public const int ExitCode = 2;

    private const int LongestQuote = 40;

    /// <summary>Writes the two lines.</summary>
    public static void Write(ParseResult parsed, TextWriter errors)
    {
        Command command = parsed.CommandResult.Command;
        string[] path = [.. Path(parsed.CommandResult)];
        bool hasSubcommands = command.Subcommands.Count > 0;
        errors.WriteLine("packetswitch: " + (hasSubcommands ? AboutCommand(parsed, path.Length) : Complaint(parsed)));
        errors.WriteLine($"see: packetswitch {string.Concat(path.Select(name => name + " "))}--help");
    }

    // The names of the command and those above it, without the program's own.
    private static IEnumerable<string> Path(CommandResult command)
        => command.Parent is CommandResult above ? Path(above).Append(command.Command.Name) : [];

    // The first complaint is the cause; the others mostly follow from it.
    private static string Complaint(ParseResult parsed)
        => Number(parsed.Errors[0]) ?? parsed.Errors[0].Message;

    // The parser names the type that a number would have had.
    private static string? Number(ParseError error)
    {
        if (error.SymbolResult is not OptionResult { Option: { } option } result)
        {
            return null;
        }
        Type type = Nullable.GetUnderlyingType(option.ValueType) ?? option.ValueType;
        long? most = type == typeof(int) ? int.MaxValue
            : type == typeof(long) ? long.MaxValue : null;
        string? wrong = result.Tokens.Select(token => token.Value)
            .FirstOrDefault(value => !long.TryParse(value, out long number) || number > most
                || number < -most);
        return most is null || wrong is null ? null
            : string.Create(CultureInfo.InvariantCulture,
                $"{option.Name} takes a whole number up to {most:N0}, not '{Shown(wrong)}'");
    }

    private static string Shown(string value)
        => value.Length > LongestQuote ? value[..LongestQuote] + "..." : value;

    private static string AboutCommand(ParseResult parsed, int depth)
    {
        string[] known = [.. parsed.CommandResult.Command.Subcommands.Select(command => command.Name)];
        string? word = parsed.Tokens.Skip(depth).FirstOrDefault()?.Value;
        if (word is null)
        {
            return $"no command; one of {string.Join(", ", known)}";
        }
        if (word.StartsWith('-'))
        {
            return Complaint(parsed) is var text && text.Contains(word, StringComparison.Ordinal)
                ? text : $"unknown option '{word}'";
        }
        return NearestWord.Find(word, known) is { } nearest
            ? $"'{word}' is no command; did you mean '{nearest}'?"
            : $"'{word}' is no command; one of {string.Join(", ", known)}";
    }
}
