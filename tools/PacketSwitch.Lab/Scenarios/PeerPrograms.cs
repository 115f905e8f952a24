// Foreign programs on the lab's hosts, and how their results are judged: nginx, iperf3, dnsmasq as servers, curl and dig as clients, the
// kernel's counters as witness. Used by the scenarios of the forwarding modes; every run has a bound.
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using PacketSwitch.Lab.Stage;

namespace PacketSwitch.Lab.Scenarios;

internal sealed class PeerPrograms(LabOptions options)
{
    public const int BlobBytes = 20 << 20, SmallBlobBytes = 5 << 20;
    public const int DnsRecords = 300;

    private const int TcpBytes = 500 << 20, UdpBytes = 1_250_000;

    private const string Folder = "/run/packetswitch-peers";
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan RunTimeout = TimeSpan.FromSeconds(120);

    private readonly Dictionary<string, string> _hashes = [];
    private readonly Dictionary<string, RunningProgram> _nginx = [];
    private long _datagrams = 1;

    public static void MustBeInstalled(params string[] tools)
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':');
        foreach (var tool in tools)
        {
            if (!folders.Any(folder => File.Exists(Path.Combine(folder, tool))))
                throw new LabException($"this lab needs {tool}: run tools/setup.sh --test-peers", exitCode: 5);
        }
    }

    public RunningProgram Run(string host, params string[] words)
    {
        var program = RunningProgram.Start(host, host, options.LogFolder, words);
        return program.WaitForExit(RunTimeout)
            ? program
            : throw new LabException($"{words[0]} on {host} did not end in {RunTimeout.TotalSeconds:0} s");
    }

    /// <summary>How one of the lab's own small programs is started.</summary>
    public static string[] Own => [Environment.ProcessPath!, typeof(PeerPrograms).Assembly.Location];

    public RunningProgram Start(string host, params string[] words) =>
        RunningProgram.Start(host, host, options.LogFolder, words);

    public RunningProgram StartOwn(string host, params string[] words) =>
        RunningProgram.StartOwn(host, host, options.LogFolder, words);

    public RunningProgram AwaitOwn(RunningProgram program, int seconds)
    {
        if (!program.WaitForExit(TimeSpan.FromSeconds(seconds)))
            throw new LabException($"{program.Name} did not end in {seconds} s");
        return program;
    }

    public void StartNginx()
    {
        Directory.CreateDirectory(Folder);
        WriteBlob("blob", BlobBytes);
        WriteBlob("small", SmallBlobBytes);
        foreach (var server in Network.Servers) StartNginx(server);
        foreach (var server in Network.Servers)
            AwaitHttp(server);
    }

    public void StartEcho()
    {
        var programs = Network.Servers.Select(server => StartOwn(server.Name, "echo", "7")).ToArray();
        foreach (var program in programs)
        {
            if (!program.WaitForLine("listening", StartTimeout))
                throw new LabException($"echo on {program.Name}: {program.Lines().LastOrDefault()}");
        }
    }

    public void StartIperf(params string[] hosts)
    {
        foreach (var host in hosts)
            RunningProgram.Start(host, $"{host}-iperf3", options.LogFolder, "iperf3", "-s", "-p", "5201", "--forceflush");
    }

    // So many addresses under one name that the answer takes four fragments and more.
    public void StartDns(string host)
    {
        var records = Enumerable.Range(0, DnsRecords).Select(i => $"10.53.{i / 250}.{1 + (i % 250)} many.lab");
        File.WriteAllLines($"{Folder}/hosts", records);
        RunningProgram.Start(
            host, $"{host}-dns", options.LogFolder,
            "dnsmasq", "--keep-in-foreground", "--user=root", "--no-resolv", "--no-hosts", "--pid-file",
            "--conf-file=/dev/null", $"--addn-hosts={Folder}/hosts", "--edns-packet-max=8192", "--log-facility=-");
    }

    /// <summary>So many requests, a connection each; every one must be answered by a server's name.</summary>
    public string Get(string host, string url, int count, int leastServers = 1)
    {
        var curl = Run(
            host, "curl", "-sS", "-f", "--max-time", "60", "-H", "Connection: close", $"{url}/name?[1-{count}]");
        var answers = curl.Lines().CountBy(line => line).ToDictionary();
        var counts = Network.Servers
            .Select(server => (server.Name, Count: answers.GetValueOrDefault(server.Name)))
            .Where(server => server.Count > 0).ToArray();
        var summary = string.Join("/", counts.Select(server => server.Count));
        if (counts.Sum(server => server.Count) == count && counts.Length >= leastServers) return summary;
        var why = curl.Lines().FirstOrDefault(line => line.StartsWith("curl", StringComparison.Ordinal));
        throw new LabException($"{host} asks {url}: {summary} of {count} answered; curl exit {curl.ExitCode} {why}");
    }

    /// <summary>Takes a file and compares its SHA-256; returns Mbit/s.</summary>
    public double Download(string host, string url, string file)
    {
        var target = $"{Folder}/received-{host}";
        var curl = Run(
            host, "curl", "-sS", "-f", "-g", "--max-time", "40", "-o", target, "-w", "rate %{speed_download}\n",
            $"{url}/{file}");
        if (curl.ExitCode != 0)
            throw new LabException($"{host} takes {url}/{file}: {curl.Lines().LastOrDefault(line => line != "")}");
        using var received = File.OpenRead(target);
        var hash = Convert.ToHexStringLower(SHA256.HashData(received));
        if (hash != _hashes[file])
            throw new LabException($"{host} takes {url}/{file}: {received.Length} bytes came, and not the right ones");
        return curl.Figure("rate") * 8 / 1e6;
    }

    /// <summary>
    /// One run of iperf3; returns Mbit/s received and, of UDP, the percentage lost. A datagram that the receiving program was too slow for
    /// is in its kernel's count and not lost on the way.
    /// </summary>
    public (double Megabits, double LostPercent) IperfUdp(
        string host, string server, string target, string port, params string[] words)
    {
        var receiver = words.Contains("-R") ? host : server;
        var counter = target.Contains(':') ? "Udp6RcvbufErrors" : "UdpRcvbufErrors";
        var before = Counter(receiver, counter);
        var (megabits, lost) = Iperf(host, target, port, ["-u", .. words]);
        var late = Counter(receiver, counter) - before;
        return (megabits, late == 0 ? lost : Math.Max(0, lost - (100.0 * late / _datagrams)));
    }

    /// <summary>One run of iperf3; returns Mbit/s received and, of UDP, the percentage not received.</summary>
    public (double Megabits, double LostPercent) Iperf(string host, string target, string port, params string[] words)
    {
        // So many bytes, not so many seconds: a quick machine is soon done. Of UDP, a second.
        var bytes = words.Contains("-u") ? UdpBytes : TcpBytes;
        var iperf = Run(
            host,
            ["iperf3", "-J", "-c", target, "-p", port, "-n", $"{bytes}", "--connect-timeout",
             "5000", .. words]);
        try
        {
            using var json = JsonDocument.Parse(string.Join('\n', iperf.Lines()));
            if (json.RootElement.TryGetProperty("error", out var error))
                throw new LabException($"iperf3 {string.Join(' ', words)} to {target}: {error.GetString()}");
            var end = json.RootElement.GetProperty("end");
            if (!words.Contains("-u"))
                return (end.GetProperty("sum_received").GetProperty("bits_per_second").GetDouble() / 1e6, 0);
            var sum = end.GetProperty("sum");
            _datagrams = Math.Max(1, sum.GetProperty("packets").GetInt64());
            return (
                sum.GetProperty("bits_per_second").GetDouble() / 1e6, sum.GetProperty("lost_percent").GetDouble());
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException)
        {
            throw new LabException($"iperf3 to {target}: {iperf.Lines().LastOrDefault()}");
        }
    }

    /// <summary>Asks for the long answer by UDP only; all of it must come.</summary>
    public void Dig(string host, string server)
    {
        var dig = Run(
            host, "dig", $"@{server}", "many.lab", "A", "+short", "+notcp", "+ignore", "+bufsize=8192", "+tries=2",
            "+time=3");
        var records = dig.Lines().Count(line => line.StartsWith("10.53.", StringComparison.Ordinal));
        if (records != DnsRecords)
            throw new LabException($"dig @{server}: {records} of {DnsRecords} records; {dig.Lines().LastOrDefault()}");
    }

    /// <summary>The server that has the one connection to this port, and how it sees the client.</summary>
    public (string Server, string Own, string Client) FindConnection(int port)
    {
        foreach (var server in Network.Servers)
        {
            var lines = Run(server.Name, "ss", "-Htn", "state", "established", "sport", "=", $":{port}").Lines();
            if (lines.FirstOrDefault(line => line != "") is not { } line) continue;
            var words = line.Replace("[::ffff:", "", StringComparison.Ordinal).Split(' ', StringSplitOptions.RemoveEmptyEntries);
            string Plain(string end) => end.Contains('.') ? end.Replace("]", "", StringComparison.Ordinal) : end;
            return (server.Name, Plain(words[^2]), Plain(words[^1]));
        }
        throw new LabException($"no server has a connection on port {port}");
    }

    /// <summary>A counter of the kernel, since the host's namespace began.</summary>
    public long Counter(string host, string name)
    {
        var nstat = Run(host, "env", $"NSTAT_HISTORY={Folder}/{host}.nstat", "nstat", "-asz", name);
        var line = nstat.Lines().FirstOrDefault(line => line.StartsWith(name + " ", StringComparison.Ordinal))
            ?? throw new LabException($"nstat on {host} does not tell {name}");
        var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return long.Parse(words[1], CultureInfo.InvariantCulture);
    }

    public string MustHaveNoChecksumErrors(IEnumerable<string> hosts)
    {
        string[] counters = ["TcpInCsumErrors", "UdpInCsumErrors", "Udp6InCsumErrors", "Icmp6InCsumErrors"];
        foreach (var host in hosts)
        {
            foreach (var counter in counters)
            {
                if (Counter(host, counter) is var errors && errors != 0)
                    throw new LabException($"{host}: {counter} {errors}");
            }
        }
        return "TCP, UDP and ICMPv6 checksum errors: 0 on every host";
    }

    /// <summary>Starts a real server's nginx, the first time or after <see cref="KillNginx"/>.</summary>
    public void StartNginxAgain(Host server)
        => _nginx[server.Name] = RunningProgram.Start(
            server.Name, server.Name, options.LogFolder,
            "nginx", "-e", "stderr", "-c", Path.Combine(Folder, server.Name, "nginx.conf"));

    /// <summary>Ends a real server's nginx as a crash does.</summary>
    public void KillNginx(Host server) => _nginx[server.Name].Kill();

    // One process, no change of user: inside a user namespace there is only one user.
    private void StartNginx(Host server)
    {
        var folder = Path.Combine(Folder, server.Name);
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "name"), $"{server.Name}\n");
        foreach (var blob in _hashes.Keys)
            File.CreateSymbolicLink(Path.Combine(folder, blob), Path.Combine(Folder, blob));
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
                server { listen 80; listen [::]:80; root {{folder}}; }
            }
            """);
        StartNginxAgain(server);
    }

    private void AwaitHttp(Host server)
    {
        var until = DateTime.UtcNow + StartTimeout;
        while (Run(server.Name, "curl", "-sS", "-f", $"http://{server.Address}/name").ExitCode != 0)
        {
            if (DateTime.UtcNow > until)
                throw new LabException($"nginx on {server.Name} does not answer; see {server.Name}.log in --keep DIR");
        }
    }

    private void WriteBlob(string name, int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        File.WriteAllBytes(Path.Combine(Folder, name), bytes);
        _hashes[name] = Convert.ToHexStringLower(SHA256.HashData(bytes));
    }
}
