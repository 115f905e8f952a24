// The words by which observe and capture say which frames they want; they go to the switch as they
// are, which reads them (Observe/WatchWords) and says what is wrong.

using System.CommandLine;
using System.Globalization;
using PacketSwitch.Client;
using PacketSwitch.Explain;

namespace PacketSwitch.Commands;

/// <summary>Options of both commands.</summary>
internal sealed class WatchOptions
{
    private static readonly (string Name, string Help)[] Words =
    [
        ("verdict", "forwarded, dropped, punted, or originated (by the switch itself)"),
        ("reason", "such as no-real, dam-off, new, session; stats maint lists the drops"),
        ("ip", "an address, or a network such as 192.0.2.0/24, of either side"),
        ("port", "a TCP or UDP port of either side"),
        ("real", "number or name of the real server"),
        ("in-port", "the port of the switch where the frame comes in"),
        ("not", "WHAT=VALUE, without those: verdict=forwarded, ip=192.0.2.101"),
    ];

    private readonly Option<string[]>[] _words = [.. Words.Select(word => new Option<string[]>(
        "--" + word.Name)
    { Description = word.Help, AllowMultipleArgumentsPerToken = false })];

    private readonly Option<string?> _filter = new("--filter")
    {
        Description = "frames as received that match, in the language of tcpdump",
    };

    private readonly Option<int?> _count = new("--count")
    {
        Description = "end after so many frames",
    };

    private readonly Option<int?> _rate = new("--rate")
    {
        Description = "at most so many frames a second of each loop; the rest is counted",
    };

    public void AddTo(Command command)
    {
        foreach (Option<string[]> word in _words)
            command.Options.Add(word);
        command.Options.Add(_filter);
        command.Options.Add(_count);
        command.Options.Add(_rate);
    }

    /// <summary>What was said, as a query of this path.</summary>
    public string Query(
        string path, ParseResult parsed, params (string Name, string? Value)[] more)
    {
        string? filter = parsed.GetValue(_filter);
        if (filter is not null && FrameFilter.Excess(filter) is { } excess)
            throw new ClientProblem(
                UsageProblem.ExitCode, $"filter '{FrameFilter.Shown(filter)}': {excess}");
        return ClientOptions.Query(path,
        [
            .. _words.SelectMany(word => (parsed.GetValue(word) ?? [])
                .Select(value => (word.Name.TrimStart('-'), (string?)value))),
            ("filter", filter), ("count", Number(parsed.GetValue(_count))),
            ("rate", Number(parsed.GetValue(_rate))), .. more,
        ]);
    }

    public bool HasCount(ParseResult parsed) => parsed.GetValue(_count) is not null;

    public static string? Number(int? value) => value?.ToString(CultureInfo.InvariantCulture);
}
