// Faults that machines and networks really have, injected into the lab one after the other: `packetswitch doctor` must find each (exit 1),
// and after the commands it prints it must find nothing (exit 0). Run by Program (`./run-lab.sh doctor`).
using PacketSwitch.Lab.Stage;

namespace PacketSwitch.Lab.Scenarios;

internal sealed class DoctorScenario(LabOptions options)
{
    private const string Configuration = "leastconns.cfg";
    private const string Switch = Network.SwitchNamespace, Client = Network.ClientInterface, Server = Network.ServerInterface;

    public static int Run(LabOptions options) => new DoctorScenario(options).Run();

    private int Run()
    {
        PeerPrograms.MustBeInstalled("ethtool", "setcap", "setpriv", "sysctl");
        Picture.Print("metric leastconns; what is wrong comes and goes");
        var faults = Faults();
        var printer = new StepPrinter(faults.Length + 3);
        if (!printer.Step("nine namespaces, nothing wrong", Begin)) return printer.Finish(endHeld: false);
        foreach (var (label, check, inject) in faults)
            printer.Step(label, () => FindAndCure(check, inject));
        printer.Step("a program without permission", FindAndPermit);
        printer.Step("both ports on one segment", FindLoop);
        return printer.Finish(endHeld: true);
    }

    private StepReport Begin()
    {
        Network.Build(options.OffloadsOn);
        // What a new namespace has of these is the machine's own setting.
        NetworkNamespace.Run(Switch, () =>
        {
            Kernel.Set("net/ipv4/ip_forward", 0);
            foreach (var name in new[] { "all", "default", Client, Server }) Kernel.Set($"net/ipv4/conf/{name}/rp_filter", 0);
        });
        foreach (var server in Network.Servers)
        {
            // A real server that answers from the address it was asked for on the interface that has it, as kernels do by default.
            NetworkNamespace.Run(server.Name, () => Kernel.Set("net/ipv4/conf/all/arp_ignore", 0));
        }
        MustBeWell();
        return new StepReport("exit 0");
    }

    private static (string Label, string Check, Action Inject)[] Faults() =>
    [
        ("a port is down", "ports", () => Ip(Switch, $"link set {Server} down")),
        ("a port is in a bridge of the kernel", "kernel bridge",
            () => Ip(Switch, $"link add br9 type bridge\nlink set {Client} master br9")),
        ("the ports' MTUs differ", "mtu", () => Ip(Switch, $"link set {Server} mtu 1400")),
        ("received frames are glued together", "offload", () => Shell(Switch, $"ethtool -K {Client} gro on")),
        ("the host has the VIP too", "host address", () => Ip(Switch, $"address add {Network.Vip}/32 dev lo")),
        ("the host has the switch's address too", "host address",
            () => Ip(Switch, $"address add {Network.SwitchAddress}/24 dev {Client}")),
        ("strict reverse path filter", "rp_filter", () => Shell(Switch, "sysctl -qw net.ipv4.conf.all.rp_filter=1")),
        ("the host routes", "ip_forward", () => Shell(Switch, "sysctl -qw net.ipv4.ip_forward=1")),
        ("a real server lost its address", "reals", () => Ip("web2", "address flush dev eth0")),
        ("a real server's interface is down", "reals", () => Ip("web1", "link set eth0 down")),
        ("two servers have one address", "duplicates", () => Ip("web2", "address add 192.0.2.7/32 dev eth0")),
        ("a host has the switch's address", "duplicates", () => Ip("cli3", $"address add {Network.SwitchAddress}/32 dev eth0")),
        ("a host has the VIP", "arp", () => Ip("cli2", $"address add {Network.Vip}/32 dev eth0")),
        ("the DSR \"ARP problem\"", "arp", () => Ip("web3", $"address add {Network.Vip}/32 dev lo")),
    ];

    private StepReport FindAndCure(string check, Action inject)
    {
        inject();
        var run = DoctorRun.Start(options, Configuration);
        Judge(run, check);
        run.Cure();
        MustBeWell();
        return Report(run);
    }

    // Root without the rights of root: what a program has then comes from its file alone.
    private StepReport FindAndPermit()
    {
        var folder = Path.Combine(Path.GetTempPath(), "permitted");
        Shell(Switch, $"cp -r '{AppContext.BaseDirectory}' {folder}");
        string[] prefix =
        [
            "env", $"DOTNET_ROOT={Path.GetDirectoryName(Environment.ProcessPath)}",
            "setpriv", "--securebits=+noroot,+noroot_locked", "--inh-caps=-all", Path.Combine(folder, "packetswitch"),
        ];
        var run = DoctorRun.Start(options, Configuration, prefix);
        Judge(run, "capabilities");
        run.Cure();
        var after = DoctorRun.Start(options, Configuration, prefix);
        if (after.ExitCode != 0)
            throw new LabException($"after the cure: exit {after.ExitCode}, {string.Join("; ", after.Findings)}");
        return Report(run);
    }

    // No command moves a cable: doctor says so, and the lab takes out again what it put in.
    private StepReport FindLoop()
    {
        Tool.Ip("link add loop8 netns seg8 type veth peer name loop1 netns seg1");
        Ip("seg1", "link set loop1 master br0 up");
        Ip("seg8", "link set loop8 master br0 up");
        AwaitForwarding("seg1", "loop1");
        AwaitForwarding("seg8", "loop8");
        var run = DoctorRun.Start(options, Configuration);
        Ip("seg8", "link del loop8");
        Judge(run, "segments");
        MustBeWell();
        return Report(run);
    }

    // The kernel's bridge learns of a new link in its own time, up to a second.
    private static void AwaitForwarding(string host, string link) => Shell(
        host,
        $"until bridge link show dev {link} | grep -q forwarding; do sleep 0.05; done");

    private static void Judge(DoctorRun run, string check)
    {
        if (run.ExitCode == 1 && run.Findings.Any(finding => finding.Check == check)) return;
        throw new LabException($"doctor should find it ('{check}'), but exit {run.ExitCode}: {string.Join("; ", run.Findings)}");
    }

    private void MustBeWell()
    {
        var run = DoctorRun.Start(options, Configuration);
        if (run.ExitCode != 0)
            throw new LabException($"doctor should find nothing, but exit {run.ExitCode}: {string.Join("; ", run.Findings)}");
    }

    private static StepReport Report(DoctorRun run) => new(
        "found, cured",
        [
            .. run.Findings.Select(finding => $"{finding.Check}: {finding.Text}"),
            .. run.Cures.Select(cure => $"{(cure.On == "" ? "$" : $"{cure.On} $")} {cure.Command}"),
        ]);

    private static void Ip(string host, string lines) => Tool.Ip(lines, host);

    private static void Shell(string host, string command)
    {
        using var shell = Tool.Start(new("ip", ["netns", "exec", host, "sh", "-c", command]));
        if (!shell.WaitForExit(TimeSpan.FromSeconds(60)) || shell.ExitCode != 0)
            throw new LabException($"cannot inject on {host}: {command}");
    }
}
