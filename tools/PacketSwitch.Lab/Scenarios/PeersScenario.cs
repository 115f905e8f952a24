// The same picture with programs that are not ours: nginx on the real servers, curl on the client,
// and the kernel's own counters as witness that no frame with a wrong checksum reached either end.
// Run by Program (`./run-lab.sh peers`); the hosts' offloads stay at their default unless asked
// otherwise.
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using PacketSwitch.Lab.Stage;

namespace PacketSwitch.Lab.Scenarios;

internal sealed class PeersScenario(LabOptions options)
{
    private const int Requests = 100, BlobBytes = 100 << 20;
    private const string Folder = "/run/packetswitch-peers";
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan RunTimeout = TimeSpan.FromSeconds(120);

    private SwitchProgram? _switch;
    private string _blobHash = "";

    public static int Run(LabOptions options) => new PeersScenario(options).Run();

    private int Run()
    {
        foreach (var tool in new[] { "nginx", "curl", "nstat" }) MustBeInstalled(tool);
        Picture.Print("metric leastconns, health none; nginx and curl");
        var offloads = options.OffloadsOn ? "offloads at default" : "offloads off";
        var printer = new StepPrinter(steps: 4);
        if (!printer.Step($"nine namespaces, two ports, {offloads}", Begin))
            return printer.Finish(endHeld: false);
        var held = printer.Step($"{Requests} requests by curl", AskByCurl)
            & printer.Step($"a download of {BlobBytes >> 20} MB", Download)
            & printer.Step("checksum errors at both ends", CountChecksumErrors);
        return printer.Finish(_switch!.EndWith(held));
    }

    private StepReport Begin()
    {
        Network.Build(options.OffloadsOn);
        Directory.CreateDirectory(Folder);
        WriteBlob();
        foreach (var server in Network.Servers) StartNginx(server);
        _switch = SwitchProgram.Start(options, "leastconns.cfg");
        return new StepReport("nginx answers on web1 web2 web3, the switch is ready");
    }

    private StepReport AskByCurl()
    {
        const string Script = """
            i=0
            while [ $i -lt $1 ]; do
                curl -sS -f --max-time 5 "$2" || echo "request $i: curl exit $?"
                i=$((i + 1))
            done
            """;
        var curl = Run(
            "cli1", "sh", "-c", Script, "sh", $"{Requests}", $"http://{Network.Vip}/name");
        var answers = curl.Lines().CountBy(line => line).ToDictionary();
        var counts = Network.Servers
            .Select(server => (server.Name, Count: answers.GetValueOrDefault(server.Name)))
            .ToArray();
        var summary = string.Join("  ", counts.Select(count => $"{count.Name} {count.Count}"));
        var failed = Requests - counts.Sum(count => count.Count);
        if (failed == 0 && counts.All(count => count.Count > 0))
            return new StepReport($"{summary}   0 failed");
        var why = curl.Lines().FirstOrDefault(
            line => !Network.Servers.Any(server => server.Name == line));
        throw new LabException($"{summary}   {failed} failed; {why}");
    }

    private StepReport Download()
    {
        var file = Path.Combine(Folder, "received");
        var started = Stopwatch.GetTimestamp();
        var curl = Run(
            "cli1",
            "curl", "-sS", "-f", "--max-time", "60", "-o", file, $"http://{Network.Vip}/blob");
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        if (curl.ExitCode != 0)
            throw new LabException(curl.Lines().LastOrDefault() ?? $"curl exit {curl.ExitCode}");
        var received = new FileInfo(file).Length;
        if (received != BlobBytes)
            throw new LabException($"{received} bytes came, not {BlobBytes}");
        if (HashOf(file) != _blobHash)
            throw new LabException("the bytes that came are not the bytes that were sent");
        return new StepReport(string.Create(CultureInfo.InvariantCulture,
            $"sha256 {_blobHash[..16]}... right, {BlobBytes * 8.0 / 1e6 / seconds:F0} Mbit/s"));
    }

    private StepReport CountChecksumErrors()
    {
        var errors = Network.Hosts
            .Select(host => (host.Name, Count: ChecksumErrorsOf(host)))
            .ToArray();
        var summary = string.Join("  ", errors.Select(error => $"{error.Name} {error.Count}"));
        if (errors.Any(error => error.Count != "0")) throw new LabException(summary);
        return new StepReport(summary);
    }

    // All since the namespace began; a history file of its own, because nstat's default one is
    // shared by all that runs on the machine.
    private string ChecksumErrorsOf(Host host)
    {
        var nstat = Run(
            host.Name,
            "env", $"NSTAT_HISTORY={Folder}/{host.Name}.nstat", "nstat", "-asz", "TcpInCsumErrors");
        var figures = nstat.Lines()
            .FirstOrDefault(line => line.StartsWith("TcpInCsumErrors", StringComparison.Ordinal));
        return figures?.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1] ?? "not told";
    }

    // One process, no change of user: inside a user namespace there is only one user.
    private void StartNginx(Host server)
    {
        var folder = Path.Combine(Folder, server.Name);
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "name"), $"{server.Name}\n");
        File.CreateSymbolicLink(Path.Combine(folder, "blob"), Path.Combine(Folder, "blob"));
        var configuration = Path.Combine(folder, "nginx.conf");
        File.WriteAllText(configuration, $$"""
            daemon off;
            master_process off;
            user root;
            pid {{folder}}/nginx.pid;
            error_log stderr;
            events { }
            http {
                access_log off;
                sendfile on;
                client_body_temp_path {{folder}}/body;
                proxy_temp_path {{folder}}/proxy;
                fastcgi_temp_path {{folder}}/fastcgi;
                uwsgi_temp_path {{folder}}/uwsgi;
                scgi_temp_path {{folder}}/scgi;
                server { listen {{server.Address}}:80; root {{folder}}; }
            }
            """);
        RunningProgram.Start(
            server.Name, server.Name, options.LogFolder,
            "nginx", "-e", "stderr", "-c", configuration);
        var asked = Stopwatch.GetTimestamp();
        while (Run(server.Name, "curl", "-sS", "-f", $"http://{server.Address}/name").ExitCode != 0)
        {
            if (Stopwatch.GetElapsedTime(asked) > StartTimeout)
                throw new LabException(
                    $"nginx on {server.Name} does not answer; see {server.Name}.log in --keep DIR");
        }
    }

    private void WriteBlob()
    {
        var bytes = new byte[1 << 20];
        var random = new Random(1);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var file = File.Create(Path.Combine(Folder, "blob"));
        for (var written = 0; written < BlobBytes; written += bytes.Length)
        {
            random.NextBytes(bytes);
            file.Write(bytes);
            hash.AppendData(bytes);
        }
        _blobHash = Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static string HashOf(string path)
    {
        using var file = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }

    private RunningProgram Run(string host, params string[] words)
    {
        var program = RunningProgram.Start(host, host, options.LogFolder, words);
        return program.WaitForExit(RunTimeout)
            ? program
            : throw new LabException(
                $"{words[0]} on {host} did not end in {RunTimeout.TotalSeconds:0} s");
    }

    private static void MustBeInstalled(string tool)
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':');
        if (!folders.Any(folder => File.Exists(Path.Combine(folder, tool))))
            throw new LabException(
                $"this lab needs {tool}: run tools/setup.sh --test-peers", exitCode: 5);
    }
}
