// What an operator does while clients are served: a hundred applies, a drain, and somebody who abuses the control socket. The clients do
// not notice. Run by Program (`./run-lab.sh operate`).
using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using PacketSwitch.Lab.Stage;

namespace PacketSwitch.Lab.Scenarios;

internal sealed class OperateScenario(LabOptions options)
{
    private const int Applies = 100, Transfers = 20, Rate = 200;
    private const int IdleConnections = 1_000, NoisyRequests = 200;

    // A load that the scenario ends when it has done its part.
    private const string UntilEnded = "100";
    private const string Service = Network.Vip + ":80";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly ClientPrograms _clients = new(options);
    private SwitchProgram? _switch;
    private ControlSocket? _admin;

    // Written by: the noisy task. Read by: the scenario.
    private int _noisy;

    public static int Run(LabOptions options) => new OperateScenario(options).Run();

    private int Run()
    {
        Picture.Print("metric leastconns; somebody changes it while it works");
        var printer = new StepPrinter(steps: 4);
        if (!printer.Step("namespaces, servers, the switch", Begin))
            return printer.Finish(endHeld: _switch?.EndWith(held: false) ?? false);
        var held = printer.Step("100 applies under load", ApplyUnderLoad)
            & printer.Step("drain web2 with 20 long transfers", Drain)
            & printer.Step("abuse of the control socket under load", Abuse);
        return printer.Finish(_switch!.EndWith(held));
    }

    private StepReport Begin()
    {
        Network.Build(options.OffloadsOn);
        _clients.StartServers();
        _switch = SwitchProgram.Start(options, "leastconns.cfg");
        _admin = new ControlSocket(Path.Combine(SwitchProgram.SocketFolder(options), "admin.sock"));
        _admin.Must("GET", "healthz");
        return new StepReport("ports 8 and 1, the control socket answers");
    }

    // Weights change, web3 leaves the group and comes back; its connections live on meanwhile.
    private StepReport ApplyUnderLoad()
    {
        var fetch = Start(
            "cli2", "fetch", Service, "--connections", $"{Transfers}", "--bytes", $"{3 << 20}",
            "--seconds", "8");
        var load = Start("cli1", "load", Service, "--rate", $"{Rate}", "--seconds", UntilEnded);
        var started = Stopwatch.GetTimestamp();
        for (var i = 0; i < Applies; i++)
        {
            var lines = (i % 4) switch
            {
                0 => $"/c/slb/real 1/weight {1 + (i % 5)}",
                1 => "/c/slb/group 1/rem 3",
                2 => $"/c/slb/real 2/weight {1 + (i % 3)}",
                _ => "/c/slb/group 1/add 3",
            };
            _admin!.Must("PATCH", "v1/config", lines);
            _admin.Must("POST", "v1/apply");
        }
        _admin!.Must("PATCH", "v1/config", "/c/slb/real 1/weight 1\n/c/slb/real 2/weight 1");
        _admin.Must("POST", "v1/apply");
        var took = Stopwatch.GetElapsedTime(started).TotalSeconds;
        AwaitEnd(fetch);
        load.Terminate();
        return Judge(load, fetch, string.Create(
            CultureInfo.InvariantCulture, $"{Applies} applies in {took:F1} s"));
    }

    private StepReport Drain()
    {
        var fetch = Start(
            "cli2", "fetch", Service, "--connections", $"{3 * Transfers}",
            "--bytes", $"{512 << 10}", "--seconds", "4");
        _admin!.Must("POST", "v1/oper?real=web2&order=drain");
        var before = Total(2);
        var load = Start("cli1", "load", Service, "--rate", $"{Rate}", "--seconds", "3");
        var report = Judge(load, fetch, "drained", 3 * Transfers);
        var after = Total(2);
        if (after != before) throw new LabException($"web2 got {after - before} new sessions while it drained");
        // A closed session waits for its fast age.
        AwaitEvent("real 2 web2 is drained: no session is left on it");
        _admin.Must("POST", "v1/oper?real=web2&order=ena");
        return report with { Details = [.. report.Details, "0 new sessions on web2; an event says that it is empty"] };
    }

    private StepReport Abuse()
    {
        var load = Start("cli1", "load", Service, "--rate", $"{Rate}", "--seconds", UntilEnded);
        var reader = Path.Combine(SwitchProgram.SocketFolder(options), "ro.sock");
        using var end = new CancellationTokenSource();
        var noise = Task.Run(() => NoiseAsync(reader, end.Token));
        var idle = new List<Socket>();
        try
        {
            for (var i = 0; i < IdleConnections; i++) idle.Add(Open(reader));
            _admin!.Must("GET", "v1/status");
            using var looking = new ControlSocket(reader);
            if (!SpinWait.SpinUntil(() => Volatile.Read(ref _noisy) >= NoisyRequests, Patience))
                throw new LabException($"{_noisy} noisy requests only");
            load.Terminate();
            var report = Judge(load, null, "abused");
            end.Cancel();
            noise.Wait(Patience);
            idle.ForEach(socket => socket.Dispose());
            idle.Clear();
            var (status, text) = AwaitReader(looking);
            return status == 403
                ? report with
                {
                    Details =
                    [
                        .. report.Details,
                        $"{_noisy} noisy requests, {IdleConnections} idle connections; {text}",
                    ],
                }
                : throw new LabException($"the reader's socket answered a save with {status}");
        }
        finally
        {
            end.Cancel();
            idle.ForEach(socket => socket.Dispose());
        }
    }

    // The kernel keeps so many connections until the server takes them, and refuses more for that moment.
    private static Socket Open(string path)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return ControlSocket.OpenAsync(path).GetAwaiter().GetResult();
            }
            catch (SocketException busy) when (busy.SocketErrorCode == SocketError.WouldBlock && attempt < 500)
            {
                Thread.Sleep(10);
            }
        }
    }

    // The idle connections' places are free again when the server has seen their end.
    private static (int Status, string Text) AwaitReader(ControlSocket reader)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return reader.Send("POST", "v1/save");
            }
            catch (LabException) when (attempt < 300)
            {
                Thread.Sleep(100);
            }
        }
    }

    // Random bytes, and a line of a megabyte, again and again.
    private async Task NoiseAsync(string path, CancellationToken end)
    {
        var random = new Random(1);
        while (!end.IsCancellationRequested)
        {
            try
            {
                using var socket = await ControlSocket.OpenAsync(path, end);
                var turn = Interlocked.Increment(ref _noisy);
                var bytes = new byte[turn % 2 == 0 ? 4_096 : 1 << 20];
                if (turn % 2 == 0) random.NextBytes(bytes);
                else Array.Fill(bytes, (byte)'A');
                await socket.SendAsync(bytes, end);
                await Task.Delay(5, end);
            }
            catch (Exception exception) when (exception is SocketException or OperationCanceledException)
            {
                // Refused or cut off: what it is meant to meet.
            }
        }
    }

    private RunningProgram Start(string host, params string[] words)
    {
        var program = RunningProgram.StartOwn(host, host, options.LogFolder, words);
        return program.WaitForLine("ready", Patience)
            ? program : throw new LabException($"{words[0]} on {host}: {program.Lines().LastOrDefault()}");
    }

    private static void AwaitEnd(RunningProgram program)
    {
        if (!program.WaitForExit(TimeSpan.FromSeconds(120)))
            throw new LabException($"{program.Name} did not end");
    }

    private static StepReport Judge(RunningProgram load, RunningProgram? fetch, string what, int transfers = Transfers)
    {
        foreach (var program in new[] { load, fetch })
        {
            if (program is not null) AwaitEnd(program);
        }
        var failed = (int)load.Figure("failed");
        var asked = (int)load.Figure("asked");
        if (failed != 0 || asked == 0)
            throw new LabException($"{failed} of {asked} requests failed: {string.Join("; ", load.Lines())}");
        if (fetch is null) return new StepReport($"{asked} requests, 0 failed");
        var right = (int)fetch.Figure("right");
        return right == transfers
            ? new StepReport(
                string.Create(CultureInfo.InvariantCulture, $"{what}; {asked} requests, 0 failed"),
                $"{right} of {transfers} transfers have the right sha256")
            : throw new LabException($"{right} of {transfers} transfers right: {string.Join("; ", fetch.Lines())}");
    }

    private long Total(int real)
    {
        var stats = JsonNode.Parse(_admin!.Must("GET", $"v1/stats?kind=real&id={real}"))!;
        return (long)stats["reals"]![0]!["total"]!;
    }

    private void AwaitEvent(string message)
    {
        for (var attempt = 0; attempt < 300; attempt++)
        {
            if (_admin!.Must("GET", "v1/events").Contains(message, StringComparison.Ordinal)) return;
            Thread.Sleep(200);
        }
        throw new LabException($"no event says: {message}");
    }
}
