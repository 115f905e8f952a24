// Every bound of the data plane in one place: loops, queues, tables and retries. A full one counts and
// drops; none grows. Read by all layers; changed only here.

namespace PacketSwitch.DataPlane;

/// <summary>The fixed bounds of the data plane. Units are in the names.</summary>
public static class Limits
{
    /// <summary>Frames received, classified, forwarded and sent together.</summary>
    public const int BurstFrames = 64;

    /// <summary>Writable bytes before the first byte of every received frame (room for a VLAN tag).</summary>
    public const int FrameHeadroomBytes = 16;

    /// <summary>The longest frame that can be received: a super-frame of 64 KiB and its headers.</summary>
    public const int MaxFrameBytes = 65_600;

    /// <summary>Switch ports; a port's index is below this.</summary>
    public const int MaxPorts = 64;

    /// <summary>The number of the port to the host's own stack; those of the configuration begin at 1.</summary>
    public const int HostPortId = 0;

    /// <summary>Port loops that may share one set of tables.</summary>
    public const int MaxLoops = 64;

    /// <summary>Identifiers of reals, groups and virts are from 1 to this less 1.</summary>
    public const int MaxIdentifier = 16_385;

    /// <summary>Virtual services in one snapshot.</summary>
    public const int MaxServices = 8192;

    /// <summary>Neighbours (real servers, gateways, routers) with an index in the snapshot.</summary>
    public const int MaxNeighbors = 32_767;

    /// <summary>SYNs refused in a row after which the control plane is told (<c>passive</c>).</summary>
    public const int RefusedSyns = 3;

    /// <summary>Sessions when nothing else is said (ALTEON.md section 2, <c>sys/sessions</c>).</summary>
    public const int DefaultSessions = 1_048_576;

    /// <summary>Addresses in the learning bridge's table.</summary>
    public const int BridgeAddresses = 16_384;

    /// <summary>Slots a bridge address may stand in.</summary>
    public const int BridgeProbes = 8;

    /// <summary>Seconds until a bridge address that is not seen is forgotten (802.1D).</summary>
    public const int BridgeAgeSeconds = 300;

    /// <summary>Traces of flooded frames that show a loop between ports: a power of two.</summary>
    public const int FloodTraces = 1024;

    /// <summary>Milliseconds in which a flooded frame that comes in on another port has gone round a
    /// loop. A host that moves repeats itself later than that.</summary>
    public const int FloodTraceMilliseconds = 200;

    /// <summary>Seconds for which a port does not bridge after a frame came back to it.</summary>
    public const int LoopBlockSeconds = 30;

    /// <summary>Seconds after the last frame without a session in which others are expected.</summary>
    public const int StatelessSeconds = 60;

    /// <summary>Frames on their way from a loop to the control plane.</summary>
    public const int PuntFrames = 1024;

    /// <summary>Bytes of a frame that a punt carries.</summary>
    public const int PuntBytes = 2048;

    /// <summary>Nanoseconds between two looks at what the offload has carried.</summary>
    public const long OffloadCountNanoseconds = 100_000_000;

    /// <summary>Carried sessions that one pass of a loop looks at.</summary>
    public const int OffloadedPerPass = 256;

    /// <summary>Nanoseconds of silence after which a session is carried by the loops
    /// again.</summary>
    public const long OffloadIdleNanoseconds = 10_000_000_000;

    /// <summary>Commands on their way from the control plane to a loop.</summary>
    public const int Commands = 4096;

    /// <summary>Commands that one pass of a loop carries out.</summary>
    public const int CommandsPerPass = 64;

    /// <summary>Frames held for one unresolved neighbour (ALTEON.md section 7).</summary>
    public const int HeldFramesPerNeighbor = 64;

    /// <summary>Frames held by a loop for all its unresolved neighbours.</summary>
    public const int HeldFrames = 1024;

    /// <summary>Bytes of a held frame; a longer one is dropped as <c>no-arp</c>.</summary>
    public const int HeldFrameBytes = 2048;

    /// <summary>Nanoseconds until a held frame is given up: three tries in three seconds.</summary>
    public const long HoldNanoseconds = 3_000_000_000;

    /// <summary>Session slots that one pass of a loop looks at for expiry.</summary>
    public const int SweepSlotsPerPass = 2048;

    /// <summary>Nanoseconds in which the sweep goes once around the table.</summary>
    public const long SweepRoundNanoseconds = 1_000_000_000;

    /// <summary>Slots of a session index bucket: one cache line.</summary>
    public const int BucketSlots = 16;

    /// <summary>Tries of an insertion against another loop that inserts the same key.</summary>
    public const int InsertTries = 16;

    /// <summary>Frames the switch makes itself (RST, ICMP) a second and loop, in the long run.</summary>
    public const int OriginatedPerSecond = 20_000;

    /// <summary>Frames the switch makes itself at once, per loop.</summary>
    public const int OriginatedBurst = 2_000;

    /// <summary>Bytes of a frame the switch makes itself.</summary>
    public const int OriginatedFrameBytes = 1_500;

    /// <summary>Segments that a super-frame may be cut into (64 KiB at the least segment size).</summary>
    public const int MaxSegments = 512;

    /// <summary>The least segment size a super-frame is cut at (RFC 879, RFC 9293 section 3.7.1).</summary>
    public const int MinSegmentBytes = 536;

    /// <summary>Half-open sessions that may make room for one new session in a nearly full table.</summary>
    public const int EvictionsPerOpening = 2;

    /// <summary>Slots that are looked at together to find old half-open sessions.</summary>
    public const int EvictionWindow = 64;

    /// <summary>How many of these, the oldest, are remembered for the next evictions.</summary>
    public const int EvictionCandidates = 8;

    /// <summary>Entries of a round-robin or hash schedule of one group.</summary>
    public const int MaxScheduleEntries = 65_536;

    /// <summary>Entries of a phash table: a prime, so that every server's stride visits every entry.</summary>
    public const int PersistentHashEntries = 131_071;

    /// <summary>Clients that can be bound to a real server at a time (16 bytes each).</summary>
    public const int StickyEntries = 1 << 20;

    /// <summary>The same of a throw-away view, which opens a session or two.</summary>
    public const int StickyEntriesOfView = 1 << 10;

    /// <summary>Slots a client's binding may stand in.</summary>
    public const int StickyProbes = 16;

    /// <summary>Pairs of service and real server whose sessions are counted apart.</summary>
    public const int ServiceLoadEntries = 1 << 17;

    /// <summary>Turns that roundrobin and its like try to find one whose server can take the session; then any server is taken.</summary>
    public const int PickTurns = 1024;

    /// <summary>Seconds (a power of two) after which the sweep tells a client's binding that its session lives.</summary>
    public const int BindingRefreshSeconds = 4;

    /// <summary>Divided datagrams that a loop remembers; the one longest untouched makes room.</summary>
    public const int FragmentedDatagrams = 2048;

    /// <summary>Fragments of one datagram (64 KiB at an MTU of 576 are 119).</summary>
    public const int FragmentsPerDatagram = 128;

    /// <summary>Fragments of a loop that wait for the first of their datagram; each of at most
    /// <see cref="HeldFrameBytes"/>. Less than <see cref="FragmentedDatagrams"/>, so that a datagram
    /// that begins with its first fragment always finds room.</summary>
    public const int HeldFragments = 1024;

    /// <summary>Fragments of one datagram that wait for its first.</summary>
    public const int HeldFragmentsPerDatagram = 64;

    /// <summary>Nanoseconds a fragment waits for the first one, and a datagram for its next fragment.</summary>
    public const long FragmentNanoseconds = 2_000_000_000;

    /// <summary>Nanoseconds for which a datagram that is whole is remembered, to know duplicates. Short, because senders use
    /// identifications again (RFC 4963).</summary>
    public const long WholeDatagramNanoseconds = 100_000_000;

    /// <summary>Datagrams among which the one is sought of which an ICMP error quotes a later fragment.</summary>
    public const int QuotedDatagramProbes = 256;
    /// <summary>Hosts that are no real servers and no gateways, to which the switch routes.</summary>
    public const int RoutedHosts = 4096;

    /// <summary>Of these, hosts that are being asked for at a time (RFC 6583: a scan must not push the known ones out).</summary>
    public const int UnresolvedHosts = 256;

    /// <summary>Seconds until a routed host that no frame goes to is forgotten.</summary>
    public const int RoutedHostIdleSeconds = 60;

    /// <summary>Frames held by a loop for hosts it routes to, and of those for one host (RFC 1122 section 2.3.2.2).</summary>
    public const int HeldFramesRouted = 256;
    public const int HeldFramesPerHost = 8;

    /// <summary>Watches of a loop at a time: observe, capture, and the last frames.</summary>
    public const int Watches = 8;

    /// <summary>Bytes that a watch copies of each frame before it is decided; the
    /// headers that forwarding changes lie within.</summary>
    public const int WatchHeaderBytes = 192;

    /// <summary>Memory that a watch takes for each loop, and the bounds of its slots.</summary>
    public const int WatchBytes = 8 * 1024 * 1024;
    public const int WatchLeastSlots = 256;
    public const int WatchMostSlots = 4096;

    /// <summary>Frames a second that a watch looks at to know whether it wants them, per
    /// loop.</summary>
    public const int WatchTriesPerSecond = 100_000;

    /// <summary>Frames a second that a watch may be asked for, per loop.</summary>
    public const int WatchMostPerSecond = 1_000_000;

    /// <summary>Instructions of a compiled filter.</summary>
    public const int FilterInstructions = 4096;
}
