// The commands that every menu knows besides its own words. MenuCursor looks words up here last.

namespace PacketSwitch.Control.Config;

internal static class MenuCommands
{
    public const string Up = "up";
    public const string Delete = "del";

    // Whatever stands behind these is theirs: /info/slb/dump.
    private static readonly string[] TakingTheLine =
        ["info", "stats", "oper", "maint", "ping", "traceroute"];

    // These take the line only behind a blank: "cur /c/slb/real 1", but "cur/save" stacks.
    private static readonly string[] TakingArguments =
        ["cur", "diff", "dump", "help", "?", "print", "lines", "verbose"];

    private static readonly string[] Others =
        ["apply", "save", "revert", "confirm", "pwd", "exit", "quit", Up, Delete];

    public static IReadOnlyList<string> All { get; } =
        [.. TakingTheLine, .. TakingArguments, .. Others];

    public static bool TakesTheLine(string name, bool blankFollows) =>
        TakingTheLine.Contains(name) || (blankFollows && TakingArguments.Contains(name));
}
