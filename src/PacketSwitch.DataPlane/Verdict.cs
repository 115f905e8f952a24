// How a frame ended, and why. Every received frame ends as exactly one verdict with one reason (ARCHITECTURE section 9).
// The texts that people and scripts see come from ReasonText; to add a reason, add a member here.

namespace PacketSwitch.DataPlane;

/// <summary>What became of a received frame.</summary>
public enum Verdict : byte
{
    /// <summary>Not decided yet.</summary>
    None,

    /// <summary>It left on one or more ports.</summary>
    Transmit,

    /// <summary>The control plane took it (ARP and echo for the switch itself).</summary>
    Punt,

    /// <summary>It ended here, counted under a <see cref="DropReason"/>.</summary>
    Drop,

    /// <summary>It waits for a neighbour's address and is decided later.</summary>
    Held,
}

/// <summary>Why a frame was transmitted or punted.</summary>
public enum PassReason : byte
{
    None,

    /// <summary>A known session's rewrite.</summary>
    Session,

    /// <summary>It opened a session.</summary>
    New,

    /// <summary>Bridged by learned MAC.</summary>
    Bridge,

    /// <summary>Bridged to all other ports.</summary>
    Flood,

    /// <summary>Routed between interface networks or by the gateway.</summary>
    Route,

    /// <summary>An ICMP error about a session, translated.</summary>
    IcmpError,

    /// <summary>The session table is full: sent by a hash of its source, without a session.</summary>
    Stateless,

    /// <summary>ARP or neighbour discovery for an address of the switch.</summary>
    Arp,

    /// <summary>An ICMP echo request to an address of the switch.</summary>
    Echo,

    /// <summary>To an address of the switch itself: handed to the host's stack.</summary>
    Host,
}

/// <summary>Why a frame was dropped. Alteon's wording stands in <see cref="ReasonAttribute"/> where it has one.</summary>
public enum DropReason : byte
{
    None,

    [Reason("the capture cut the frame: it is shorter than it was on the wire")]
    MalformedTruncated,
    [Reason("no whole Ethernet header, or more VLAN tags than two")]
    MalformedEthernet,
    [Reason("ARP of wrong length or types")]
    MalformedArp,
    [Reason("IPv4 header with wrong version or lengths")]
    MalformedIpv4,
    [Reason("IPv6 header or extension headers with wrong version or lengths")]
    MalformedIpv6,
    [Reason("TCP header cut or with a wrong length")]
    MalformedTcp,
    [Reason("UDP header cut or with a wrong length")]
    MalformedUdp,
    [Reason("ICMP header cut")]
    MalformedIcmp,
    [Reason("wrong IPv4 header checksum")]
    BadChecksum,
    [Reason("no TCP control bits", "No TCP control bits")]
    TcpNoFlags,
    [Reason("source and destination are the same", "LAND attacks")]
    Land,
    [Reason("an address that must not be on the wire here")]
    Martian,
    [Reason("no virtual server has this address", "Incorrect VIPs")]
    IncorrectVip,
    [Reason("the virtual server has no service on this port", "Incorrect Vports")]
    IncorrectVport,
    [Reason("the virtual server is disabled", "Packets drops: vip is not up")]
    VipDown,
    [Reason("no real server in service", "No available real server")]
    NoReal,
    [Reason("no room in the session table", "Allocation failures")]
    TableFull,
    [Reason("another session to this server uses the same client address and port")]
    TupleInUse,
    [Reason("not a SYN, and no session")]
    NoSession,
    [Reason("direct access to a balanced port of a real server (DAM disabled)")]
    DamOff,
    [Reason("the neighbour's address could not be resolved in time, or too many frames wait for it")]
    NoArp,
    [Reason("longer than the MTU of the port it would leave on")]
    TooBig,
    [Reason("a RST whose sequence number is not in the window", "Invalid reset packet drops")]
    RstOutOfWindow,
    [Reason("a fragment that belongs to no session")]
    Fragment,
    [Reason("a reserved link-local address (01-80-C2-00-00-01 to 0F)")]
    ReservedMac,
    [Reason("its destination is on the port it came from")]
    SamePort,
    [Reason("to the switch's MAC, and no route")]
    NoRoute,
    [Reason("to the switch's own address, and nothing listens there")]
    NotForUs,
    [Reason("the port it would leave on is down")]
    PortDown,
    [Reason("the port refused to send it")]
    SendFailed,
    [Reason("the queue to the control plane is full")]
    PuntFull,
    [Reason("no port left at any proxy address")]
    NoProxyPort,
    [Reason("the session's real server has failed or was removed")]
    ServerGone,
    [Reason("the program met something it did not expect in this frame")]
    Internal,
    [Reason("too many fragments wait, or a datagram of too many", "IP fragment table full")]
    FragmentTableFull,
    [Reason("a fragment whose datagram's first fragment did not come in time")]
    FragmentTimeout,
    [Reason("a fragment that overlaps another, or belongs to such a datagram", "Fragment Overlaps")]
    FragmentOverlap,
    [Reason("a fragment that has come before", "Duplicate fragments")]
    FragmentDuplicate,
    [Reason("a fragment of impossible length", "IPF invalid lengths")]
    FragmentLength,
    [Reason("a first fragment that does not hold the whole TCP or UDP header")]
    FragmentTiny,
    [Reason("wrong ICMP checksum")]
    BadIcmpChecksum,
    [Reason("its time to live or hop limit ran out where the switch routes")]
    Ttl,
    [Reason("a frame to be bridged, on a port that is on one segment with another port")]
    BridgeLoop,
}

/// <summary>What a reason means and, where it has one, Alteon's name for it.</summary>
[AttributeUsage(AttributeTargets.Field)]
public sealed class ReasonAttribute(string meaning, string? alteonName = null) : Attribute
{
    public string Meaning { get; } = meaning;
    public string? AlteonName { get; } = alteonName;
}
