// Reads the words behind a shell command: the object it is about, numbers, addresses. What is wrong is one line.

using System.Globalization;
using PacketSwitch.Control.Config;
using PacketSwitch.Reports;

namespace PacketSwitch.Shell;

/// <summary>Words of shell commands.</summary>
internal static class ShellWords
{
    /// <summary>The number of the object that the first word names.</summary>
    public static int Object(ShellContext context, string kind, string[] words)
    {
        if (words.Length == 0)
            throw new ShellRefusal($"{kind} needs its number or name: {kind} 1", exitCode: 2);
        return ObjectFinder.TryFind(context.Api.Config.Running, kind, words[0], out int id, out string problem)
            ? id : throw new ShellRefusal(problem);
    }

    /// <summary>The same, where no word means every object.</summary>
    public static int? ObjectOrAll(ShellContext context, string kind, string[] words)
        => words.Length == 0 ? null : Object(context, kind, words);

    public static int Number(string what, string[] words, int most)
        => words.Length == 1 && int.TryParse(words[0], NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            && number <= most
            ? number
            : words.Length == 1 && what.EndsWith("port", StringComparison.Ordinal) && ServiceNames.TryPort(words[0], out number)
            ? number : throw new ShellRefusal($"{what} needs a number up to {most}", exitCode: 2);
}
