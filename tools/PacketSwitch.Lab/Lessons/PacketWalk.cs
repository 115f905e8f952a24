// The way of one connection's first two frames through the lab, read from the wires: from the
// client, to the server, back from the server, back to the client. Says after each leg what the
// switch has changed. Used by the lessons.
using PacketSwitch.Lab.Stage;
using PacketSwitch.Wire;

namespace PacketSwitch.Lab.Lessons;

internal sealed class PacketWalk : IDisposable
{
    private readonly string _client;
    private readonly WalkTap _fromClient = WalkTap.Open(Network.SwitchNamespace,
        Network.ClientInterface);
    private readonly WalkTap _fromServer = WalkTap.Open(Network.SwitchNamespace,
        Network.ServerInterface);
    private readonly WalkTap _toClient;
    private readonly Dictionary<string, WalkTap> _toServers = [];
    private readonly Dictionary<MacAddress, string> _names = [];

    public PacketWalk(string client)
    {
        _client = client;
        _toClient = WalkTap.Open(client, Network.HostInterface);
        foreach (var server in Network.Servers)
            _toServers[server.Name] = WalkTap.Open(server.Name, Network.HostInterface);
        foreach (var host in Network.Hosts)
            _names[MacAddress.Parse(Network.MacOf(host))] = host.Name;
    }

    /// <summary>The SYN as the client sent it, and as it came to a server.</summary>
    public (WalkFrame Sent, WalkFrame Arrived) Request { get; private set; }

    /// <summary>The SYN and ACK as the server sent it, and as it came to the client.</summary>
    public (WalkFrame Sent, WalkFrame Arrived) Answer { get; private set; }

    /// <summary>Which real server got the connection.</summary>
    public string Server { get; private set; } = "";

    /// <summary>Finds the four frames of the connection that the client has just made.</summary>
    public void Follow()
    {
        var sent = Found(_fromClient.Await(frame => frame.Opens && NameOf(frame.FromMac) ==
            _client), "the client's SYN");
        WalkFrame? arrived = null;
        _ = SpinWait.SpinUntil(() => _toServers.Any(tap => Took(tap)), TimeSpan.FromSeconds(30));
        Request = (sent, Found(arrived, "the SYN at a real server"));
        var accepts = Found(
            _fromServer.Await(frame => frame.Accepts && frame.ToPort == arrived!.FromPort),
                "the server's SYN and ACK");
        Answer = (accepts, Found(
            _toClient.Await(frame => frame.Accepts && frame.ToPort == sent.FromPort),
                "the SYN and ACK at the client"));

        bool Took(KeyValuePair<string, WalkTap> tap)
        {
            arrived = tap.Value.First(frame => frame.Opens && frame.FromPort == sent.FromPort);
            if (arrived is not null) Server = tap.Key;
            return arrived is not null;
        }
    }

    /// <summary>Four lines, and after the second and the fourth what was rewritten.</summary>
    public string[] Lines() =>
    [
        Line(1, $"{_client} > switch", Request.Sent),
        Line(2, $"switch > {Server}", Request.Arrived) + Changed(Request.Sent, Request.Arrived),
        Line(3, $"{Server} > switch", Answer.Sent),
        Line(4, $"switch > {_client}", Answer.Arrived) + Changed(Answer.Sent, Answer.Arrived),
    ];

    public void Dispose()
    {
        foreach (var tap in _toServers.Values) tap.Dispose();
        _toClient.Dispose();
        _fromServer.Dispose();
        _fromClient.Dispose();
    }

    private static WalkFrame Found(WalkFrame? frame, string what) =>
        frame ?? throw new LabException($"the walk misses {what}");

    private string Line(int number, string leg, WalkFrame frame)
    {
        var addresses = $"{frame.From}:{frame.FromPort} > {frame.To}:{frame.ToPort}";
        return $"{number}  {leg,-15} {addresses,-41} {(frame.Accepts ? "SYN+ACK" : "SYN"),-7}  "
            + $"to the MAC of {NameOf(frame.ToMac)}";
    }

    private static string Changed(WalkFrame before, WalkFrame after)
    {
        var changes = new List<string>();
        if (before.From != after.From) changes.Add($"source {before.From} became {after.From}");
        if (before.To != after.To) changes.Add($"destination {before.To} became {after.To}");
        if (before.FromPort != after.FromPort)
            changes.Add($"source port {before.FromPort} became {after.FromPort}");
        if (before.ToPort != after.ToPort)
            changes.Add($"destination port {before.ToPort} became {after.ToPort}");
        if (changes.Count > 0) return $"\n           rewritten: {string.Join(", ", changes)}";
        return before.ToMac != after.ToMac || before.FromMac != after.FromMac
            ? "\n           rewritten: the MAC addresses, nothing else"
                : "\n           passed on as it was, bridged";
    }

    // A MAC that is no host's is the switch's own.
    private string NameOf(MacAddress mac) => _names.GetValueOrDefault(mac, "the switch");
}
