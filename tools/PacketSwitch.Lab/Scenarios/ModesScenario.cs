// Every forwarding mode with programs that are not ours, IPv4 and IPv6 each, the hosts' offloads at their default: curl and nginx over
// NAT, full NAT and direct server return, iperf3, DNS answers in fragments, a path MTU of 1280 bytes, forged packets, and one arm. No
// frame with a real server's address may reach a client. Run by Program (`./run-lab.sh modes`).
using System.Globalization;
using PacketSwitch.Lab.Stage;

namespace PacketSwitch.Lab.Scenarios;

internal sealed class ModesScenario(LabOptions options)
{
    private const int Requests = 100, Forgeries = 20;
    private const int Nat = 2, FullNat = 12, Dsr = 22;
    private const string Client = "cli1", Attacker = "cli2";

    private static readonly (string Name, int Vip)[] Modes = [("NAT", Nat), ("full NAT", FullNat), ("DSR", Dsr)];

    private readonly PeerPrograms _peers = new(options);
    private readonly List<FrameWatch> _watches = [];
    private SwitchProgram? _switch;

    public static int Run(LabOptions options) => new ModesScenario(options).Run();

    private int Run()
    {
        PeerPrograms.MustBeInstalled("nginx", "curl", "nstat", "iperf3", "dnsmasq", "dig", "tcpdump");
        Picture.Print("NAT; full NAT 192.0.2.12; DSR 192.0.2.22; IPv4 and IPv6");
        var printer = new StepPrinter(steps: 11);
        if (!printer.Step("namespaces, routers, real programs", Begin))
            return printer.Finish(endHeld: _switch?.EndWith(held: false) ?? false);
        var held = printer.Step($"{Requests} requests by curl, every mode", Ask)
            & printer.Step($"downloads of {PeerPrograms.BlobBytes >> 20} MB, every mode", Download)
            & printer.Step("iperf3 TCP, both ways", MeasureTcp)
            & printer.Step("iperf3 UDP, both ways", MeasureUdp)
            & printer.Step("DNS answers in fragments", AskDns)
            & printer.Step("path MTU 1280 before the client", CrossNarrowPath)
            & printer.Step("MTU 1280 at the server", CrossNarrowServer)
            & printer.Step("forged RST, SYN, SYN-ACK, ACK, ICMP", Forge)
            & printer.Step("leaks and checksum errors", CountLeaks);
        held &= printer.Step("one arm: full NAT, DSR, hairpin", GoOneArmed);
        return printer.Finish(_switch!.EndWith(held));
    }

    private StepReport Begin()
    {
        Network.Build(options.OffloadsOn);
        FarNetwork.AddSix(Family.V6.Net);
        FarNetwork.Build();
        GiveServersTheDirectVip();
        _peers.StartNginx();
        _peers.StartEcho();
        _peers.StartIperf("web1", "web3");
        _peers.StartDns("web1");
        _switch = SwitchProgram.Start(options, "modes.cfg");
        _watches.Add(FrameWatch.Start(Client, options));
        _watches.Add(FrameWatch.Start(FarNetwork.Client, options));
        return new StepReport("nginx iperf3 dnsmasq answer, the switch is ready");
    }

    // A server of direct return has the VIP, and does not say so.
    private static void GiveServersTheDirectVip()
    {
        foreach (var server in Network.Servers)
        {
            NetworkNamespace.Run(server.Name, () =>
            {
                Kernel.Set("net/ipv4/conf/all/arp_ignore", 1);
                Kernel.Set("net/ipv4/conf/all/arp_announce", 2);
            });
            Tool.Ip($"""
                address add {Family.V4.Address(Dsr)}/32 dev lo
                address add {Family.V6.Address(Dsr)}/128 dev lo nodad
                """, server.Name);
        }
    }

    private StepReport Ask()
    {
        var details = InEveryMode((mode, family) =>
            $"{mode.Name} {family} {_peers.Get(Client, Url(family, mode.Vip), Requests, leastServers: 3)}");
        return new StepReport("0 failed", details);
    }

    private StepReport Download()
    {
        var details = InEveryMode((mode, family) =>
            string.Create(CultureInfo.InvariantCulture,
                $"{mode.Name} {family} {_peers.Download(Client, Url(family, mode.Vip), "blob"):F0} Mbit/s"));
        return new StepReport("every sha256 right", details);
    }

    private StepReport MeasureTcp()
    {
        var details = Each([Nat, FullNat], (vip, family) =>
        {
            var (up, _) = _peers.Iperf(Client, family.Address(vip), "5201");
            var (down, _) = _peers.Iperf(Client, family.Address(vip), "5201", "-R");
            if (up < 1 || down < 1) throw new LabException($"iperf3 {family.Address(vip)}: {up:F1} up, {down:F1} down");
            return string.Create(CultureInfo.InvariantCulture, $"{family.Address(vip)} {up:F0} up {down:F0} down");
        });
        return new StepReport("Mbit/s", details);
    }

    private StepReport MeasureUdp()
    {
        const double MostLost = 1;
        var details = Each([Nat, FullNat], (vip, family) =>
        {
            // 1,200 bytes: what the lab's frames hold, in both families.
            string[] words = ["-b", "10M", "-l", "1200"];
            var (_, up) = _peers.IperfUdp(Client, "web1", family.Address(vip), "5201", words);
            var (_, down) = _peers.IperfUdp(Client, "web1", family.Address(vip), "5201", [.. words, "-R"]);
            if (up > MostLost || down > MostLost)
                throw new LabException($"UDP to {family.Address(vip)} lost {up:F2} % up, {down:F2} % down");
            return string.Create(CultureInfo.InvariantCulture, $"{family.Address(vip)} {up:F2} up {down:F2} down");
        });
        return new StepReport("10 Mbit/s, % lost", details);
    }

    private StepReport AskDns()
    {
        var details = Each([Nat, FullNat], (vip, family) =>
        {
            var counter = family == Family.V4 ? "IpReasmOKs" : "Ip6ReasmOKs";
            var before = _peers.Counter(Client, counter);
            _peers.Dig(Client, family.Address(vip));
            var joined = _peers.Counter(Client, counter) - before;
            return joined > 0
                ? $"{family.Address(vip)} whole"
                : throw new LabException($"the answer of {family.Address(vip)} was not in fragments");
        });
        return new StepReport($"{PeerPrograms.DnsRecords} records by UDP", details);
    }

    private StepReport CrossNarrowPath()
    {
        var details = Each([Nat, FullNat], (vip, family) =>
        {
            var told = family == Family.V4 ? "IcmpInDestUnreachs" : "Icmp6InPktTooBigs";
            var before = _peers.Counter("web1", told);
            var rate = _peers.Download(
                FarNetwork.Client, $"http://{family.EndPoint(vip, 8080)}", "small");
            var heard = _peers.Counter("web1", told) - before;
            if (heard == 0) throw new LabException($"no ICMP of the narrow path to {family.Address(vip)} reached web1");
            return string.Create(CultureInfo.InvariantCulture, $"{family.Address(vip)} {rate:F0} Mbit/s, web1 told {heard}x");
        });
        return new StepReport($"{PeerPrograms.SmallBlobBytes >> 20} MB each, sha256 right", details);
    }

    private StepReport CrossNarrowServer()
    {
        Tool.Ip($"link set {Network.HostInterface} mtu {FarNetwork.NarrowMtu}", "web3");
        var details = Each([Nat], (vip, family) =>
        {
            var (up, _) = _peers.Iperf(Client, family.Address(vip), "5203");
            var (down, _) = _peers.Iperf(Client, family.Address(vip), "5203", "-R");
            if (up < 1 || down < 1) throw new LabException($"{family.Address(vip)}: {up:F1} up, {down:F1} down");
            return string.Create(CultureInfo.InvariantCulture, $"{family.Address(vip)} {up:F0} up {down:F0} down");
        });
        Tool.Ip($"link set {Network.HostInterface} mtu 1500", "web3");
        return new StepReport("Mbit/s", details);
    }

    private StepReport Forge()
    {
        // Below the ports that the host gives to connections of its own accord.
        const int From = 20000;
        var details = Family.Both.SelectMany(family => new[] { Nat, FullNat }.Select(vip =>
        {
            var pulse = _peers.StartOwn(
                Client, "pulse", family.EndPoint(vip, 7), "--seconds", "100", "--from", $"{From + vip}");
            if (!pulse.WaitForLine("ready", TimeSpan.FromSeconds(60)))
                throw new LabException($"pulse to {family.Address(vip)}: {pulse.Lines().LastOrDefault()}");
            Attack(family, vip, From + vip);
            pulse.Terminate();
            _peers.AwaitOwn(pulse, 60);
            return pulse.ExitCode == 0
                ? $"{family.Address(vip)} lives, longest pause {pulse.Figure("longest-pause-ms"):0} ms"
                : throw new LabException($"the connection to {family.Address(vip)} died: {pulse.Lines().ElementAtOrDefault(1)}");
        })).ToArray();
        return new StepReport($"{Forgeries} of each from both sides", details);
    }

    // From another client as if from the first, and on the servers' side as if from the one that has the connection, to whom it sees as
    // its client.
    private void Attack(Family family, int vip, int port)
    {
        var (server, own, client) = _peers.FindConnection(7);
        var other = Network.Servers.First(host => host.Name != server).Name;
        (string Host, string From, string To, string[] Kinds)[] attacks =
        [
            (Attacker, family.EndPoint(101, port), family.EndPoint(vip, 7), ["rst", "syn", "ack", "fin", "icmp"]),
            (other, own, client, ["rst", "synack", "ack", "icmp"]),
        ];
        foreach (var (host, from, to, kinds) in attacks)
        {
            var forge = _peers.AwaitOwn(
                _peers.StartOwn(host, "forge", string.Join(',', kinds), from, to, "--count", $"{Forgeries}"), 60);
            if (forge.ExitCode != 0) throw new LabException($"forge: {forge.Lines().LastOrDefault()}");
        }
    }

    private StepReport CountLeaks()
    {
        // A real server's own frame to the far client is routed by r1, not by the switch.
        Tool.Ip("route add 198.51.100.10/32 via 192.0.2.201", "web1");
        string[] targets = ["192.0.2.101", "198.51.100.10"];
        var seen = _watches.Zip(targets).Select(pair => pair.First.EndAndMustBeClean(pair.Second)).ToArray();
        var errors = _peers.MustHaveNoChecksumErrors(
            Network.Hosts.Select(host => host.Name).Append(FarNetwork.Client));
        return new StepReport(string.Join("; ", seen), errors);
    }

    private StepReport GoOneArmed()
    {
        var figures = _switch!.Stop();
        _switch = SwitchProgram.Start(options, "onearmed.cfg");
        var details = new List<string> { $"before that: {figures}" };
        foreach (var family in Family.Both)
        {
            foreach (var (name, vip) in Modes.Where(mode => mode.Vip != Nat))
            {
                // web3 has the DSR address itself, as the real servers have.
                var client = "web3";
                if (vip == Dsr) Tool.Ip($"address del {family.Address(Dsr)}/{(family == Family.V4 ? 32 : 128)} dev lo", client);
                var spread = _peers.Get(client, Url(family, vip), Requests, leastServers: 2);
                var rate = _peers.Download(client, Url(family, vip), "blob");
                details.Add(string.Create(CultureInfo.InvariantCulture, $"{name} {family} {spread}, {rate:F0} Mbit/s"));
            }
            var hairpin = _peers.Get("web1", Url(family, FullNat), Requests, leastServers: 2);
            var itself = _peers.Download("web1", Url(family, FullNat), "blob");
            details.Add(string.Create(CultureInfo.InvariantCulture, $"hairpin {family} {hairpin}, {itself:F0} Mbit/s"));
        }
        _peers.MustHaveNoChecksumErrors(Network.Servers.Select(host => host.Name));
        return new StepReport("0 failed, every sha256 right", [.. details]);
    }

    private static string Url(Family family, int vip) => $"http://{family.Bracketed(vip)}";

    private static string[] InEveryMode(Func<(string Name, int Vip), Family, string> step) =>
        [.. Modes.Select(mode => string.Join("   ", Family.Both.Select(family => step(mode, family))))];

    private static string[] Each(int[] vips, Func<int, Family, string> step) =>
        [.. vips.Select(vip => string.Join("   ", Family.Both.Select(family => step(vip, family))))];
}
