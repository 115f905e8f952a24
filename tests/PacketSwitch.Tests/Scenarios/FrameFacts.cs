// What is said of a frame, or what stands in one, as names and values: a line of a scenario and a frame on a port are compared as facts. Written
// by FrameLine and FrameReader, read by FrameBuilder and ScenarioRunner.

namespace PacketSwitch.Tests.Scenarios;

/// <summary>Facts by name. Numbers are decimal, addresses and MACs as they print.</summary>
internal sealed class FrameFacts : Dictionary<string, string>
{
    // What the frame is: tcp, udp, icmp, arp, "protocol N", "ethernet 0xNNNN", malformed.
    public const string Kind = "kind";
    public const string Source = "source";
    public const string Target = "target";
    public const string SourcePort = "source port";
    public const string TargetPort = "target port";
    public const string Flags = "flags";
    public const string Sequence = "seq";
    public const string Acknowledgement = "ack";
    public const string Window = "win";
    public const string Length = "len";
    public const string Ttl = "ttl";
    public const string SegmentSize = "mss";
    public const string WindowScale = "wscale";
    public const string SourceMac = "source mac";
    public const string TargetMac = "target mac";
    public const string Vlan = "vlan";
    public const string Checksum = "checksum";

    // ICMP: echo, echo-reply, port-unreachable ... or "type N code N"; of errors, what they quote.
    public const string Icmp = "icmp";
    public const string Identifier = "id";
    public const string Mtu = "mtu";
    public const string About = "about";

    // ARP and neighbour discovery: who-has or is-at; the address in question, where it is, and who is told.
    public const string Operation = "arp";
    public const string Wanted = "wanted";
    public const string Teller = "told";
    public const string IsAt = "is-at";

    public const string Fragment = "fragment";
    public const string FragmentId = "fragment-id";
    public const string Bytes = "bytes";

    // Only for frames that enter: how they are spoiled.
    public const string Cut = "cut";
    public const string Trim = "trim";
    public const string Pad = "pad";
    public const string IpOptions = "ip-options";
    public const string Headers = "headers";
    public const string HeaderChecksum = "ip-checksum";

    public int Number(string name, int otherwise)
        => TryGetValue(name, out string? text) ? int.Parse(text) : otherwise;

    public uint Word(string name, uint otherwise)
        => TryGetValue(name, out string? text) ? uint.Parse(text) : otherwise;

    /// <summary>The differences of a frame from what is said here, or an empty text.</summary>
    public string DifferencesOf(FrameFacts actual)
    {
        IEnumerable<string> differences =
            from fact in this
            let found = actual.GetValueOrDefault(fact.Key, "none")
            where found != fact.Value
            select $"{fact.Key} is {found}, expected {fact.Value}";
        return string.Join("; ", differences);
    }
}
