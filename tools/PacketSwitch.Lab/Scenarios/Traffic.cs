// Traffic to look at, as long as somebody looks: requests of all clients, and frames that are
// dropped. Used by DashboardScenario; ends when it is disposed of.
using PacketSwitch.Lab.Stage;

namespace PacketSwitch.Lab.Scenarios;

internal sealed class Traffic : IDisposable
{
    private const string Service = Network.Vip + ":80";

    // Longer than any step takes.
    private const string Seconds = "600";

    private readonly List<RunningProgram> _programs = [];

    public Traffic(LabOptions options)
    {
        foreach (var client in Network.Clients)
            Start(options, client.Name, "load", Service, "--rate", "40", "--seconds", Seconds);
        // Something to be dropped: a real server's balanced port, and a port of the VIP without a
        // service.
        Start(options, "cli2", "get", "192.0.2.5:80", "--count", Seconds, "--timeout", "900");
        Start(options, "cli3", "get", $"{Network.Vip}:81", "--count", Seconds, "--timeout", "700");
    }

    public void Dispose() => _programs.ForEach(program => program.Terminate());

    private void Start(LabOptions options, string host, params string[] words) =>
        _programs.Add(RunningProgram.StartOwn(host, host, options.LogFolder, words));
}
