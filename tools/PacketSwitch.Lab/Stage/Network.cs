// The lab's wiring, as in the picture of README.md: a namespace for each host, one for the switch,
// and one bridge on each side of it. Made once by a scenario before anything else starts; it is
// never taken down, because it ends with the namespace run-lab.sh runs the lab in.
using System.Globalization;
using System.Net.NetworkInformation;
using System.Text;

namespace PacketSwitch.Lab.Stage;

internal static class Network
{
    public const string SwitchNamespace = "switch";
    public const string ClientInterface = "port8", ServerInterface = "port1";
    public const string Vip = "192.0.2.2", SwitchAddress = "192.0.2.4";
    public const string HostInterface = "eth0";

    private const string ClientSegment = "seg8", ServerSegment = "seg1", Bridge = "br0";

    public static readonly Host[] Clients =
        [new("cli1", "192.0.2.101"), new("cli2", "192.0.2.102"), new("cli3", "192.0.2.103")];

    public static readonly Host[] Servers =
        [new("web1", "192.0.2.5"), new("web2", "192.0.2.6"), new("web3", "192.0.2.7")];

    public static IEnumerable<Host> Hosts => Clients.Concat(Servers);

    public static void Build(bool offloadsOn)
    {
        string[] all =
            [.. Hosts.Select(host => host.Name), SwitchNamespace, ClientSegment, ServerSegment];
        var links = new StringBuilder();
        foreach (var name in all)
            links.AppendLine(CultureInfo.InvariantCulture, $"netns add {name}");
        foreach (var host in Clients)
            Cable(links, host.Name, HostInterface, ClientSegment, host.Name);
        foreach (var host in Servers)
            Cable(links, host.Name, HostInterface, ServerSegment, host.Name);
        Cable(links, SwitchNamespace, ClientInterface, ClientSegment, "switch");
        Cable(links, SwitchNamespace, ServerInterface, ServerSegment, "switch");
        Tool.Ip(links.ToString());

        BuildSegment(ClientSegment, Clients);
        BuildSegment(ServerSegment, Servers);
        foreach (var host in Hosts)
        {
            Tool.Ip($"""
                link set lo up
                address add {host.Address}/24 dev {HostInterface}
                link set {HostInterface} up
                """, host.Name);
            if (!offloadsOn) Offloads.TurnOff(host.Name, HostInterface);
        }
        // No address here: the host's own stack shall not take part, only the switch.
        Tool.Ip($"""
            link set lo up
            link set {ClientInterface} up
            link set {ServerInterface} up
            """, SwitchNamespace);
    }

    /// <summary>The MAC address of a host, as text.</summary>
    public static string MacOf(Host host)
    {
        var mac = "";
        NetworkNamespace.Run(host.Name, () => mac = string.Join(':', NetworkInterface.GetAllNetworkInterfaces()
            .First(link => link.Name == HostInterface).GetPhysicalAddress().GetAddressBytes()
            .Select(number => number.ToString("x2", CultureInfo.InvariantCulture))));
        return mac;
    }

    private static void Cable(
        StringBuilder links, string oneEnd, string oneName, string otherEnd, string otherName) =>
        links.AppendLine(CultureInfo.InvariantCulture,
            $"link add {oneName} netns {oneEnd} type veth peer name {otherName} netns {otherEnd}");

    private static void BuildSegment(string segment, Host[] hosts)
    {
        var lines = new StringBuilder();
        lines.AppendLine(
            CultureInfo.InvariantCulture,
            $"link add {Bridge} type bridge stp_state 0 mcast_snooping 0");
        foreach (var name in hosts.Select(host => host.Name).Append("switch"))
            lines.AppendLine(CultureInfo.InvariantCulture, $"link set {name} master {Bridge} up");
        lines.AppendLine(CultureInfo.InvariantCulture, $"link set {Bridge} up");
        Tool.Ip(lines.ToString(), segment);
    }
}
