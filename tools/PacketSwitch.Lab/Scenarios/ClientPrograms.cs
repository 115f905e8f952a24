// Starts the lab's small programs on the hosts and reads their figures: the servers once, clients
// as the steps ask. Used by MainScenario. Every program has a bounded time.
using PacketSwitch.Lab.Stage;

namespace PacketSwitch.Lab.Scenarios;

internal sealed class ClientPrograms(LabOptions options)
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan RunTimeout = TimeSpan.FromSeconds(120);

    // For one answer: a busy machine may be late, and what is lost never comes.
    private const string AnswerMs = "15000";

    private readonly Dictionary<string, RunningProgram> _servers = [];

    public void StartServers()
    {
        foreach (var host in Network.Servers) _servers[host.Name] = Start(host, "server", host.Name, host.Address);
        foreach (var host in Network.Servers) AwaitServer(host);
    }

    /// <summary>Starts a server that was killed.</summary>
    public void StartServer(Host host)
    {
        _servers[host.Name] = Start(host, "server", host.Name, host.Address);
        AwaitServer(host);
    }

    /// <summary>Ends a server as a crash does.</summary>
    public void KillServer(Host host) => _servers[host.Name].Kill();

    private void AwaitServer(Host host)
    {
        var server = _servers[host.Name];
        if (!server.WaitForLine("listening", StartTimeout))
            throw new LabException($"{server.Name} does not listen: {LastLine(server)}");
    }

    /// <summary>
    /// All clients at once ask over HTTP, each <paramref name="count"/> times, a connection each.
    /// </summary>
    public Spread GetAll(string server, int count) => AskAll("get", server, count);

    /// <summary>
    /// All clients at once send datagrams, each <paramref name="count"/>, from a new port each.
    /// </summary>
    public Spread AskByUdp(string server, int count) => AskAll("udp", server, count);

    /// <summary>
    /// One client takes so many bytes and gives so many; returns Mbit/s down and up.
    /// </summary>
    public (double Down, double Up) Transfer(string server, int bytes)
    {
        var client = Run("transfer", server, "--bytes", $"{bytes}", "--timeout", "60000");
        return client.ExitCode == 0
            ? (client.Figure("down-mbit"), client.Figure("up-mbit"))
            : throw new LabException(LastLine(client));
    }

    /// <summary>Looks at one port: "open ...", "refused", "silent".</summary>
    public string Probe(string kind, string port) => LastLine(Run("probe", kind, port));

    /// <summary>The same of a port that is to be open, with more patience.</summary>
    public string ProbeOpen(string port) =>
        LastLine(Run("probe", "tcp", port, "--timeout", AnswerMs));

    public void MustPing(string address)
    {
        const int Count = 3;
        var answered = Run("ping", address, "--count", $"{Count}").Figure("answered");
        if (answered != Count)
            throw new LabException($"{address} answers {answered} of {Count} pings");
    }

    private Spread AskAll(string program, string server, int count)
    {
        var clients = Network.Clients
            .Select(host => Start(
                host, program, server, "--count", $"{count}", "--timeout", AnswerMs))
            .ToArray();
        var spread = new Spread();
        foreach (var client in clients)
        {
            AwaitEnd(client);
            spread.Add(client, expected: count);
        }
        return spread;
    }

    private RunningProgram Run(params string[] words)
    {
        var client = Start(Network.Clients[0], words);
        AwaitEnd(client);
        return client;
    }

    private RunningProgram Start(Host host, params string[] words) =>
        RunningProgram.StartOwn(host.Name, host.Name, options.LogFolder, words);

    private static void AwaitEnd(RunningProgram program)
    {
        if (!program.WaitForExit(RunTimeout))
        {
            throw new LabException(
                $"{program.Name} did not end in {RunTimeout.TotalSeconds:0} s: "
                + LastLine(program));
        }
    }

    private static string LastLine(RunningProgram program) =>
        program.Lines().LastOrDefault()
        ?? (program.HasExited ? $"exit {program.ExitCode}" : "it says nothing");
}
