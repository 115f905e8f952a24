// The lab to play with: `./run-lab.sh up`. A prompt takes a host's name and what it shall do, or a
// command of packetswitch for the switch that runs; quit ends everything. Input may be a pipe, so
// that a class (or a test) can hand in a script. Run by Program.
using System.Diagnostics;
using PacketSwitch.Lab.Stage;

namespace PacketSwitch.Lab.Scenarios;

internal sealed class UpScenario(LabOptions options)
{
    private const string Web = "127.0.0.1:8080";

    private const string Help = """
        cli1 get http://192.0.2.2/     one request; cli1 get http://192.0.2.2/ 30 for thirty
        cli1 ping 192.0.2.2            or any program of this machine: cli1 ip neighbor
        web2 stop, web2 start          a server dies and comes back
        status, top, sessions, events, stats, doctor      commands of packetswitch
        real 2 dis, real 2 ena         drain a server, bring it back
        /info/slb/dump                 the menus of an Alteon; shell for all of them
        quit                           everything is gone
        """;

    private readonly ClientPrograms _clients = new(options);

    private static string[] Own => [Environment.ProcessPath!, typeof(UpScenario).Assembly.Location];

    private static string[] Program => [Environment.ProcessPath!,
        Path.Combine(AppContext.BaseDirectory, "packetswitch.dll")];

    public static int Run(LabOptions options) => new UpScenario(options).Run();

    private int Run()
    {
        Picture.Print("metric leastconns, health tcp");
        Network.Build(options.OffloadsOn);
        _clients.StartServers();
        var running = SwitchProgram.Start(options, "leastconns.cfg", "--web", Web);
        Console.WriteLine($"the lab is up; the dashboard is at http://{Web}/ in the namespace "
            + "`switch`; help says what there is\n");
        while (Prompt() is { } line && line is not ("quit" or "exit" or "q"))
        {
            string[] words = line.Split(' ',
                StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            if (words.Length > 0) Carry(words);
        }
        return running.EndWith(held: true) ? 0 : 1;
    }

    private static string? Prompt()
    {
        Console.Write("lab> ");
        var line = Console.ReadLine()?.Trim();
        // A script's lines are shown where a person's would stand.
        if (Console.IsInputRedirected) Console.WriteLine(line);
        return line;
    }

    private void Carry(string[] words)
    {
        try
        {
            var host = Network.Hosts.FirstOrDefault(host => host.Name == words[0]);
            if (words[0] is "help" or "?") Console.WriteLine(Help);
            else if (host is null) Start(Network.SwitchNamespace, [.. Program, .. Ordered(words)]);
            else if (words.Length ==
                1) Console.WriteLine($"{host.Name} is {host.Address}; what shall it do? "
                + $"({host.Name} ip address)");
            else AtHost(host, words[1..]);
        }
        catch (LabException exception)
        {
            Console.WriteLine(exception.Message);
        }
    }

    private void AtHost(Host host, string[] words)
    {
        switch (words)
        {
            case ["get", var url, .. var rest] when Uri.TryCreate(url, UriKind.Absolute,
                out var page):
                Start(host.Name, [.. Own, "get", $"{page.Host}:{page.Port}", "--count",
                    rest.Length > 0 ? rest[0] : "1"]);
                break;
            case ["ping", var address]:
                Start(host.Name, [.. Own, "ping", address, "--count", "3"]);
                break;
            case ["stop"] when Network.Servers.Contains(host):
                _clients.KillServer(host);
                Console.WriteLine($"{host.Name} does not serve any more");
                break;
            case ["start"] when Network.Servers.Contains(host):
                _clients.StartServer(host);
                Console.WriteLine($"{host.Name} serves");
                break;
            default:
                Start(host.Name, words);
                break;
        }
    }

    // "real 2 dis" as an Alteon's hand types it is "real dis 2" of the command line.
    private static string[] Ordered(string[] words) =>
        words is ["real" or "group" or "virt" or "port", var which, "ena" or "dis" or "show", ..]
            ? [words[0], words[2], which, .. words[3..]] : words;

    private void Start(string host, string[] words)
    {
        var start = new ProcessStartInfo("ip", ["netns", "exec", host, .. words]);
        start.Environment["PACKETSWITCH_SOCKET"] = SwitchProgram.SocketFolder(options);
        start.Environment["PACKETSWITCH_CONFIG"] = Path.Combine(AppContext.BaseDirectory, "configs",
            "leastconns.cfg");
        using var program = Tool.Start(start);
        program.WaitForExit();
    }
}
