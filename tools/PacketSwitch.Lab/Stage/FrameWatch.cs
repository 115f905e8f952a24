// Watches what comes in on a host's interface for frames that must never come: a real server's address as source of TCP, UDP or an
// ICMP error, and frames longer than the MTU where the switch has to cut them itself (libpcap). tcpdump filters in the kernel, so that
// only those are counted; at the end a real server sends one frame of its own, which must be seen, and nothing else. Used by the scenarios.
using System.Globalization;

namespace PacketSwitch.Lab.Stage;

internal sealed class FrameWatch
{
    private const int CanaryPort = 9999;

    // What a watched client sends itself may be a super-frame; the kernel hands it to the filter before -Q takes it out.
    private const string OwnFrames = "src host 192.0.2.101 or 198.51.100.10 or 2001:db8::101 or 2001:db8:f::10";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly RunningProgram _dump;
    private readonly string _host;
    private readonly string _logFolder;
    private readonly bool _seesLength;

    private FrameWatch(RunningProgram dump, string host, string logFolder, bool seesLength)
    {
        _dump = dump;
        _host = host;
        _logFolder = logFolder;
        _seesLength = seesLength;
    }

    public static FrameWatch Start(string host, LabOptions options)
    {
        // The packet ring passes super-frames on as it gets them; the receiving kernel takes them whole.
        var seesLength = options.Io == "pcap";
        var servers = string.Join(" or ", Network.Servers.Select(server => ServerHost(server, "")));
        var servers6 = string.Join(" or ", Network.Servers.Select(server => ServerHost(server, Family.V6.Net)));
        // Answers to echo requests are a real server's own; errors are not.
        var leaks = $"(src host {servers}) and (tcp or udp or (icmp and icmp[icmptype] != icmp-echoreply))"
            + $" or (src host {servers6}) and (tcp or udp or ip6[6] = 44 or (icmp6 and ip6[40] < 128))"
            + (seesLength ? $" or (greater 1515 and not ({OwnFrames}))" : "");
        var dump = RunningProgram.Start(
            host, $"watch-{host}", options.LogFolder,
            "tcpdump", "-i", Network.HostInterface, "-Q", "in", "-B", "65536", "-Z", "root", "-n", "-t", "-l", leaks);
        var watch = new FrameWatch(dump, host, options.LogFolder, seesLength);
        watch.Await(line => line.StartsWith("listening on", StringComparison.Ordinal), "tcpdump does not listen");
        return watch;
    }

    /// <summary>Ends the watch; what it saw but the frame sent for proof is thrown.</summary>
    public string EndAndMustBeClean(string canaryTarget)
    {
        var server = Network.Servers[0];
        var send = RunningProgram.Start(
            server.Name, server.Name, _logFolder,
            "bash", "-c", $"echo seen >/dev/udp/{canaryTarget}/{CanaryPort}");
        send.WaitForExit(Patience);
        Await(IsCanary, $"the watch on {_host} does not see what it should");
        _dump.Terminate();
        _dump.WaitForExit(Patience);
        var frames = _dump.Lines().Where(line => line.StartsWith("IP", StringComparison.Ordinal) && !IsCanary(line)).ToArray();
        if (frames.Length != 0)
            throw new LabException($"{frames.Length} frames on {_host} that must not be, the first: {frames[0]}");
        var lost = _dump.Lines().FirstOrDefault(line => line.EndsWith("packets dropped by kernel", StringComparison.Ordinal));
        return lost is null || lost.StartsWith("0 ", StringComparison.Ordinal)
            ? $"{_host}: 0 leaks" + (_seesLength ? ", 0 too long" : "") : throw new LabException($"the watch on {_host} lost frames: {lost}");
    }

    private void Await(Func<string, bool> wanted, string otherwise)
    {
        if (SpinWait.SpinUntil(() => _dump.Lines().Any(wanted) || _dump.HasExited, Patience)
            && _dump.Lines().Any(wanted)) return;
        throw new LabException($"{otherwise}: {_dump.Lines().LastOrDefault()}");
    }

    private static bool IsCanary(string line) =>
        line.Contains(string.Create(CultureInfo.InvariantCulture, $".{CanaryPort}: UDP"), StringComparison.Ordinal);

    private static string ServerHost(Host server, string net6) =>
        net6 == "" ? server.Address : net6 + server.Address[(server.Address.LastIndexOf('.') + 1)..];
}
