// Reads a scenario's line about a frame into facts. Used by ScenarioRunner for each execution of the line.

using PacketSwitch.Wire;

namespace PacketSwitch.Tests.Scenarios;

/// <summary>A line such as <c>client > 10.0.0.1:1025 > 10.1.1.100:80 tcp S drop no-real</c>.</summary>
/// <param name="Port">Its first word.</param>
/// <param name="Facts">What it says of the frame.</param>
/// <param name="Verdict">What it says of the verdict: <c>drop no-real</c>, <c>held</c>, <c>punt echo</c>, or nothing.</param>
internal sealed record FrameLine(string Port, FrameFacts Facts, string Verdict)
{
    private static readonly string[] Numbers =
    [
        FrameFacts.Sequence, FrameFacts.Acknowledgement, FrameFacts.Window, FrameFacts.Length, FrameFacts.Ttl,
        FrameFacts.SegmentSize, FrameFacts.WindowScale, FrameFacts.Identifier, FrameFacts.Mtu, FrameFacts.Vlan,
        FrameFacts.Checksum, FrameFacts.HeaderChecksum, FrameFacts.Cut, FrameFacts.Trim, FrameFacts.Pad,
        FrameFacts.IpOptions, FrameFacts.Headers, FrameFacts.FragmentId,
    ];

    /// <summary>Reads the words of a line.</summary>
    /// <exception cref="FormatException">A word is not understood; the message says which.</exception>
    public static FrameLine Parse(string text, ScenarioHosts hosts)
    {
        string[] words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var rest = new Queue<string>(words[2..]);
        var facts = new FrameFacts();
        ReadWhatItIs(rest, facts, hosts);
        string verdict = "";
        while (rest.TryDequeue(out string? word))
        {
            if (word is "drop" or "punt" or "pass" or "held")
            {
                verdict = string.Join(' ', [word, .. rest]);
                rest.Clear();
            }
            else
            {
                ReadAttribute(word, rest, facts, hosts);
            }
        }
        return new FrameLine(words[0], facts, verdict);
    }

    private static void ReadWhatItIs(Queue<string> rest, FrameFacts facts, ScenarioHosts hosts)
    {
        switch (Next(rest))
        {
            case "arp":
                ReadArp(rest, facts, hosts);
                break;
            case "ethernet":
                facts[FrameFacts.Kind] = $"ethernet {Next(rest)}";
                break;
            case "bytes":
                facts[FrameFacts.Kind] = "bytes";
                facts[FrameFacts.Bytes] = Next(rest);
                break;
            case string source:
                ReadIp(source, rest, facts);
                break;
        }
    }

    private static void ReadIp(string source, Queue<string> rest, FrameFacts facts)
    {
        ReadEndpoint(source, facts, FrameFacts.Source, FrameFacts.SourcePort);
        Expect(rest, ">");
        ReadEndpoint(Next(rest), facts, FrameFacts.Target, FrameFacts.TargetPort);
        string kind = Next(rest);
        if (kind == "fragment")
        {
            facts[FrameFacts.Fragment] = Next(rest) + (TryTake(rest, "more") ? " more" : "");
            kind = Next(rest);
        }
        switch (kind)
        {
            case "tcp":
                facts[FrameFacts.Kind] = kind;
                facts[FrameFacts.Flags] = FrameText.Describe(ReadFlags(Next(rest)));
                break;
            case "udp":
                facts[FrameFacts.Kind] = kind;
                break;
            case "icmp":
                facts[FrameFacts.Kind] = kind;
                facts[FrameFacts.Icmp] = Next(rest);
                break;
            case "protocol":
                facts[FrameFacts.Kind] = $"protocol {Next(rest)}";
                break;
            default:
                throw new FormatException($"'{kind}' is no kind of packet (tcp, udp, icmp, protocol N)");
        }
    }

    private static void ReadArp(Queue<string> rest, FrameFacts facts, ScenarioHosts hosts)
    {
        facts[FrameFacts.Kind] = "arp";
        string first = Next(rest);
        if (first == "who-has")
        {
            facts[FrameFacts.Operation] = first;
            facts[FrameFacts.Wanted] = IpAddress.Parse(Next(rest)).ToString();
            Expect(rest, "tell");
            facts[FrameFacts.Teller] = IpAddress.Parse(Next(rest)).ToString();
            return;
        }
        facts[FrameFacts.Wanted] = IpAddress.Parse(first).ToString();
        facts[FrameFacts.Operation] = "is-at";
        Expect(rest, "is-at");
        facts[FrameFacts.IsAt] = hosts.Mac(Next(rest)).ToString();
        if (TryTake(rest, "to"))
        {
            facts[FrameFacts.Teller] = IpAddress.Parse(Next(rest)).ToString();
        }
    }

    private static void ReadAttribute(string word, Queue<string> rest, FrameFacts facts, ScenarioHosts hosts)
    {
        if (Numbers.Contains(word))
        {
            facts[word] = Next(rest);
        }
        else if (word == "mac")
        {
            facts[FrameFacts.SourceMac] = hosts.Mac(Next(rest)).ToString();
            Expect(rest, ">");
            facts[FrameFacts.TargetMac] = hosts.Mac(Next(rest)).ToString();
        }
        else if (word == "about")
        {
            string source = Next(rest);
            Expect(rest, ">");
            string target = Next(rest);
            facts[FrameFacts.About] = $"{source} > {target} {Next(rest)}";
        }
        else
        {
            throw new FormatException($"'{word}' is not understood here");
        }
    }

    /// <summary>Reads <c>10.0.0.1:80</c>, <c>[fd00::1]:80</c> or an address alone; <c>$name</c> may stand for each part.</summary>
    public static void ReadEndpoint(string text, FrameFacts facts, string address, string port)
    {
        int colon = text.LastIndexOf(':');
        bool hasPort = text.StartsWith('[') ? text.Contains("]:") : colon >= 0 && text.IndexOf(':') == colon;
        string bare = (hasPort ? text[..colon] : text).Trim('[', ']');
        facts[address] = bare.StartsWith('$') ? bare : IpAddress.Parse(bare).ToString();
        if (hasPort)
        {
            string number = text[(colon + 1)..];
            facts[port] = number.StartsWith('$') ? number : ushort.Parse(number).ToString();
        }
    }

    private static TcpFlags ReadFlags(string letters)
    {
        const string Letters = "FSRPAUEW";
        TcpFlags flags = TcpFlags.None;
        foreach (char letter in letters == "-" ? "" : letters)
        {
            int bit = Letters.IndexOf(letter);
            flags |= bit < 0
                ? throw new FormatException($"'{letters}' are no TCP flags ({Letters}, or - for none)") : (TcpFlags)(1 << bit);
        }
        return flags;
    }

    private static string Next(Queue<string> rest)
        => rest.TryDequeue(out string? word) ? word : throw new FormatException("the line ends too early");

    private static bool TryTake(Queue<string> rest, string word)
    {
        bool matches = rest.TryPeek(out string? next) && next == word;
        if (matches)
        {
            rest.Dequeue();
        }
        return matches;
    }

    private static void Expect(Queue<string> rest, string word)
    {
        string found = Next(rest);
        if (found != word)
        {
            throw new FormatException($"'{found}' stands where '{word}' is expected");
        }
    }
}
