// Reads what a request wants to see of the traffic: the words of observe and capture, as query
// parameters, become a rule for the loops. A wrong word is answered with the nearest.

using Microsoft.AspNetCore.Http;
using PacketSwitch.Api;
using PacketSwitch.Control.Config;
using PacketSwitch.DataPlane;
using PacketSwitch.Explain;
using PacketSwitch.Reports;
using PacketSwitch.Wire;

namespace PacketSwitch.Observe;

/// <summary>From words to a rule.</summary>
internal sealed class WatchWords
{
    private const int Originated = 0; // Verdict.None: no verdict of a received frame.
    private static readonly string[] Kinds =
        ["verdict", "reason", "ip", "port", "real", "in-port"];

    private static readonly (string Word, int Bit)[] Verdicts =
    [
        ("forwarded", (int)Verdict.Transmit), ("transmit", (int)Verdict.Transmit),
        ("transmitted", (int)Verdict.Transmit), ("dropped", (int)Verdict.Drop),
        ("drop", (int)Verdict.Drop), ("punted", (int)Verdict.Punt), ("punt", (int)Verdict.Punt),
        ("originated", Originated),
    ];

    private readonly SwitchConfig _config;
    private readonly IReadOnlyList<int> _portIds;
    private readonly Wanted _only = new();
    private readonly Wanted _not = new();

    private WatchWords(SwitchConfig config, IReadOnlyList<int> portIds)
    {
        _config = config;
        _portIds = portIds;
    }

    /// <summary>The rule that a request asks for.</summary>
    /// <param name="context">The request.</param>
    /// <param name="view">The switch it is about.</param>
    /// <param name="perSecond">The rate when none is said.</param>
    public static WatchRule Read(HttpContext context, LiveView view, int perSecond)
    {
        var words = new WatchWords(view.Config.Running, [.. view.Ports.Select(port => port.Id)]);
        foreach (string kind in Kinds)
        {
            foreach (string value in Values(context, kind))
                words.Note(words._only, kind, value);
        }
        foreach (string text in Values(context, "not"))
        {
            string[] halves = text.Split('=', 2);
            if (halves.Length != 2 || !Kinds.Contains(halves[0]))
                throw RefusedException.Usage(NotWords(text, halves[0]));
            words.Note(words._not, halves[0], halves[1]);
        }
        int rate = RequestWords.Number(context, "rate", 1, Limits.WatchMostPerSecond) ?? perSecond;
        int snap = RequestWords.Number(context, "snaplen", 60, Limits.MaxFrameBytes)
            ?? Limits.WatchHeaderBytes;
        return words.Rule(RequestWords.Text(context, "filter")) with
        {
            PerSecond = rate,
            SnapBytes = snap,
        };
    }

    private static IEnumerable<string> Values(HttpContext context, string name)
        => context.Request.Query[name].SelectMany(value => (value ?? "").Split(','));

    private static string NotWords(string text, string kind)
    {
        string? nearest = NearestWord.Find(kind, Kinds);
        return nearest is not null && !Kinds.Contains(kind)
            ? $"not: '{kind}' is nothing to leave out; did you mean '{nearest}'?"
            : $"not takes WHAT=VALUE, for example verdict=forwarded, not '{text}' "
                + $"(WHAT: {string.Join(", ", Kinds)})";
    }

    private void Note(Wanted wanted, string kind, string value)
    {
        switch (kind)
        {
            case "verdict":
                wanted.Verdicts |= 1 << VerdictBit(value);
                break;
            case "reason":
                NoteReason(wanted, value);
                break;
            case "ip":
                wanted.Hosts.Add(Host(value));
                break;
            case "port":
                wanted.Ports.Add(Number(kind, value) is var port and <= 65_535
                    ? FormattableString.Invariant($"port {port}")
                    : throw RefusedException.Usage($"port must be from 0 to 65535, not '{value}'"));
                break;
            case "real":
                wanted.Reals.Add(ObjectFinder.TryFind(_config, kind, value, out int id,
                    out string problem) ? (ushort)id : throw RefusedException.NotFound(problem));
                break;
            default:
                int index = _portIds.ToList().IndexOf(Number(kind, value));
                wanted.InPorts |= index >= 0 ? 1UL << index : throw RefusedException.Usage(
                    $"there is no port {value} (ports: {string.Join(", ", _portIds)})");
                break;
        }
    }

    private static int VerdictBit(string value)
    {
        int index = Array.FindIndex(Verdicts, each => each.Word == value);
        return index >= 0 ? Verdicts[index].Bit
            : throw Unknown("verdict", value, Verdicts.Select(each => each.Word));
    }

    private static void NoteReason(Wanted wanted, string value)
    {
        string[] drops = [.. Enum.GetValues<DropReason>().Skip(1).Select(ReasonText.Of)];
        string[] passes = [.. Enum.GetValues<PassReason>().Skip(1).Select(ReasonText.Of)];
        int drop = Array.IndexOf(drops, value) + 1;
        int pass = Array.IndexOf(passes, value) + 1;
        if (drop + pass == 0)
            throw Unknown("reason", value, [.. drops, .. passes]);
        wanted.Drops |= drop > 0 ? 1UL << drop : 0;
        wanted.Passes |= pass > 0 ? 1UL << pass : 0;
    }

    private static string Host(string value)
    {
        string[] halves = value.Split('/', 2);
        bool isRight = IpAddress.TryParse(halves[0], out IpAddress address)
            && (halves.Length == 1
                || (int.TryParse(halves[1], out int bits) && bits >= 0
                    && bits <= (address.IsV6 ? 128 : 32)));
        return !isRight
            ? throw RefusedException.Usage(
                $"ip must be an address or a network such as 192.0.2.0/24, not '{value}'")
            : halves.Length == 1 ? $"host {value}" : $"net {value}";
    }

    private static int Number(string kind, string value)
        => ushort.TryParse(value, out ushort number) ? number
            : throw RefusedException.Usage($"{kind} must be a number, not '{value}'");

    private static RefusedException Unknown(
        string kind, string value, IEnumerable<string> known)
    {
        string[] words = [.. known];
        string hint = NearestWord.Find(value, words) is { } nearest
            ? $"did you mean '{nearest}'?" : $"one of {string.Join(", ", words)}";
        return RefusedException.Usage($"there is no {kind} '{value}'; {hint}");
    }

    private WatchRule Rule(string? filter)
    {
        // Without a word about verdicts the switch's own frames are seen where nothing else is
        // asked that only a received frame has.
        bool asksOfReceived = _only.Drops + _only.Passes != 0 || _only.Reals.Count > 0;
        int verdicts = _only.Verdicts == 0 ? WatchRule.AllVerdicts | 1 : _only.Verdicts;
        verdicts &= ~_not.Verdicts;
        bool saysReason = (_only.Drops | _only.Passes) != 0;
        return new WatchRule
        {
            Program = Compile(filter),
            Ports = (_only.InPorts == 0 ? ulong.MaxValue : _only.InPorts) & ~_not.InPorts,
            Verdicts = verdicts & WatchRule.AllVerdicts,
            Originated = (verdicts & 1) != 0
                && (!asksOfReceived || (_only.Verdicts & 1) != 0),
            Drops = (saysReason ? _only.Drops : ulong.MaxValue) & ~_not.Drops,
            Passes = (saysReason ? _only.Passes : ulong.MaxValue) & ~_not.Passes,
            Reals = [.. _only.Reals],
            NotReals = [.. _not.Reals],
        };
    }

    // Addresses and ports are looked for behind a VLAN tag too, as Wireshark's words are; what a
    // person wrote stands as it is. It comes first: "vlan" shifts what follows it.
    private FrameProgram? Compile(string? filter)
    {
        string[] parts =
        [
            .. Any(_only.Hosts), .. Any(_only.Ports),
            .. _not.Hosts.Concat(_not.Ports).Select(each => $"not ({each})"),
        ];
        string words = string.Join(" and ", parts);
        string? both = parts.Length == 0 ? null : $"({words}) or (vlan and ({words}))";
        string? whole = filter is null || both is null
            ? filter ?? both : $"({filter}) and ({both})";
        if (!FrameFilter.TryParse(whole, out FrameFilter? compiled, out string? problem))
            throw RefusedException.Usage(
                $"filter '{FrameFilter.Shown(filter ?? words)}': {problem}");
        using (compiled)
        {
            FrameProgram? program = compiled!.ToProgram(out bool isTooLong);
            return isTooLong
                ? throw RefusedException.Usage(
                    $"filter '{FrameFilter.Shown(filter ?? words)}' is too long") : program;
        }
    }

    private static string[] Any(List<string> parts)
        => parts.Count == 0 ? [] : [$"({string.Join(" or ", parts)})"];

    // What is said, for or against.
    private sealed class Wanted
    {
        public int Verdicts { get; set; }
        public ulong Drops { get; set; }
        public ulong Passes { get; set; }
        public ulong InPorts { get; set; }
        public List<string> Hosts { get; } = [];
        public List<string> Ports { get; } = [];
        public List<ushort> Reals { get; } = [];
    }
}
