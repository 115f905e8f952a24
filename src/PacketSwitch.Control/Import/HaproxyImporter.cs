// Imports haproxy.cfg: a frontend and its default backend, or a listen section, become a virtual
// service with a group. What reads requests (mode http, ACLs, rewriting) is Layer 7 and ignored
// with that reason.

using PacketSwitch.Control.Config;
using PacketSwitch.Wire;

namespace PacketSwitch.Control.Import;

/// <summary>Reads HAProxy's configuration.</summary>
internal sealed class HaproxyImporter
{
    private const string Layer7 = "reads requests: Layer 7";

    private static readonly HashSet<string> Layer7Words =
    [
        "acl", "use_backend", "http-request", "http-response", "http-after-response", "redirect",
            "cookie", "capture", "reqadd",
        "rspadd", "compression", "errorfile", "errorloc", "filter", "tcp-request", "tcp-response",
            "use-server", "monitor-uri",
        "stats", "unique-id-format", "http-reuse", "http-send-name-header", "dispatch",
    ];

    private readonly ImportBuilder _builder = new();
    private readonly Dictionary<string, int> _groups = [];
    private readonly Dictionary<int, HaproxySection> _pools = [];
    private readonly Dictionary<int, int> _realPorts = [];

    public static ImportResult Import(string text, string file)
    {
        var importer = new HaproxyImporter();
        List<HaproxySection> sections = HaproxySection.Parse(text);
        foreach (HaproxySection section in sections)
        {
            if (section.Kind is "backend" or "listen"
                && section.Lines.Exists(line => line.Words[0] == "server"))
            {
                importer.ReadPool(section);
            }
        }
        foreach (HaproxySection section in sections)
        {
            importer.ReadSection(section);
        }
        return importer._builder.Finish();
    }

    private void ReadSection(HaproxySection section)
    {
        bool isOurs = section.Kind is "frontend" or "listen";
        if (!isOurs && section.Kind != "backend")
        {
            _builder.Note(section.Head.Number, section.Kind == "defaults" ? ImportKind.Imported
                : ImportKind.Ignored,
                section.Head.Text, section.Kind == "defaults" ? "" : "nothing here depends on it");
        }
        else
        {
            _builder.Note(section.Head.Number, ImportKind.Imported, section.Head.Text);
        }
        foreach (HaproxyLine line in section.Lines)
        {
            if (isOurs && line.Words[0] == "bind")
            {
                ReadBind(section, line);
            }
            else if (!isOurs && section.Kind is not ("backend" or "defaults"))
            {
                Ignore(line, "nothing here depends on it");
            }
            else
            {
                ReadOther(section, line);
            }
        }
    }

    private void ReadBind(HaproxySection section, HaproxyLine line)
    {
        if (line.Words.Length < 2)
        {
            Ignore(line, "expected bind ADDRESS:PORT");
            return;
        }
        string? pool = section.Kind == "listen" ? section.Name
            : section.FindOrDefault("default_backend") is { Words: [_, var name, ..] }
                ? name : null;
        if (pool is null
            || !_groups.TryGetValue(PoolKey(section.Kind == "listen", pool), out int group))
        {
            Ignore(line, pool is null ? "the frontend has no default_backend"
                : $"backend {pool} has no servers");
            return;
        }
        HaproxySection servers = _pools[group];
        Import(line);
        if (line.Words.Contains("ssl"))
        {
            Approximate(line, "TLS is not ended here: it passes to the servers");
        }
        foreach (string end in line.Words[1].Split(','))
        {
            if (!ImportWords.TryHaproxyEnd(end, out IpAddress vip, out int port) || port == 0)
            {
                _builder.Reject(line.Number, line.Text,
                    "a VIP is an address and a port, which '*' and names do not say");
                continue;
            }
            AddService(section, servers, line, vip, port, group);
        }
    }

    private void AddService(HaproxySection section, HaproxySection servers, HaproxyLine line,
        IpAddress vip, int port, int group)
    {
        HaproxyLine? stick = servers.Find("stick", "on", "src")
            ?? servers.Find("stick", "match", "src");
        string? expire = servers.Find("stick-table")?.After("expire");
        int minutes = expire is not null && ImportWords.TrySeconds(expire, out double seconds)
            ? ImportWords.BindingMinutes((int)Math.Min(seconds, 1e6), out _) : 10;
        int rport = _realPorts[group];
        string? problem =
            _builder.AddService(vip, section.Name, virt => new ServiceConfig(virt, port)
            {
                Group = group,
                RealPort = rport == port ? 0 : rport,
                Binding = stick is null ? ClientBinding.Off : ClientBinding.ClientIp,
                BindingMinutes = minutes,
                TimeoutMinutes = IdleMinutes(section) ?? 0,
            });
        if (problem is not null)
        {
            _builder.Reject(line.Number, line.Text, problem);
        }
    }

    private static int? IdleMinutes(HaproxySection section)
        => section.FindOrDefault("timeout", "client") is { Words: [_, _, var text, ..] }
            && ImportWords.TrySeconds(text, out double seconds)
            ? (int)Math.Clamp(Math.Ceiling(seconds / 60), 1, 32_768) : null;

    private static string PoolKey(bool isListen, string name)
        => isListen ? $"listen {name}" : $"backend {name}";

    private void ReadPool(HaproxySection section)
    {
        var members = new List<int>();
        var backups = new List<int>();
        int rport = 0;
        bool isChecked = false;
        foreach (HaproxyLine line in section.Lines.Where(line => line.Words[0] == "server"))
        {
            ReadServer(section, line, members, backups, ref rport, ref isChecked);
        }
        HaproxyLine? balance = section.FindOrDefault("balance");
        bool isConsistent =
            section.FindOrDefault("hash-type")?.Words.Contains("consistent") == true;
        GroupMetric metric = balance?.Words.ElementAtOrDefault(1) switch
        {
            "leastconn" => GroupMetric.LeastConnections,
            "source" => isConsistent ? GroupMetric.PersistentHash : GroupMetric.Hash,
            "first" or "random" => GroupMetric.LeastConnections,
            _ => GroupMetric.RoundRobin,
        };
        HaproxyLine? http = section.FindOrDefault("option", "httpchk");
        int group = _builder.AddGroup(id => new GroupConfig(id)
        {
            Name = section.Name,
            Metric = metric,
            Health = !isChecked ? HealthCheckKind.None : http is null ? HealthCheckKind.Tcp
                : HealthCheckKind.Http,
            Content = Path(section, http),
            Members = [.. members],
            Backup = backups.Count > 0 ? new BackupReference(IsGroup: false, backups[0]) : null,
        });
        // The others stand in for each other in turn.
        for (int i = 1; i < backups.Count; i++)
        {
            var next = new BackupReference(IsGroup: false, backups[i]);
            _builder[backups[i - 1]] = _builder[backups[i - 1]] with { Backup = next };
        }
        _groups[PoolKey(section.Kind == "listen", section.Name)] = group;
        _pools[group] = section;
        _realPorts[group] = rport;
    }

    // "option httpchk /path", "option httpchk GET /path", and the newer "http-check send ... uri
    // /path".
    private static string Path(HaproxySection section, HaproxyLine? http)
    {
        string path = http?.Words.Skip(2).FirstOrDefault(word => word.StartsWith('/'))
            ?? section.Find("http-check", "send")?.After("uri") ?? "/";
        string? status = section.Find(
            "http-check", "expect", "status") is { Words: [_, _, _, var said, ..] } ? said : null;
        return status is null ? path : $"{path} {status}";
    }

    private void ReadServer(
        HaproxySection section, HaproxyLine line, List<int> members, List<int> backups,
            ref int rport, ref bool isChecked)
    {
        if (line.Words is not [_, var name, var end, ..]
            || !ImportWords.TryHaproxyEnd(end, out IpAddress address, out int port))
        {
            Ignore(line, "expected server NAME ADDRESS:PORT; names are not looked up");
            return;
        }
        Import(line);
        if (port == 0)
        {
            Approximate(line, "without a port it gets the service's");
        }
        else if (rport != 0 && port != rport)
        {
            Approximate(line, $"a service has one rport: {rport}");
        }
        rport = rport == 0 ? port : rport;
        int real = _builder.Real(address, name);
        bool isShared = _builder.IsDescribed(real);
        (line.Words.Contains("backup") ? backups : members).Add(real);
        string? Option(string word)
            => line.After(word) ?? section.DefaultServer(word)?.After(word);
        bool check = line.Words.Contains("check")
            || (section.DefaultServer("check") is not null && !line.Words.Contains("no-check"));
        isChecked |= check;
        if (Option("weight") is { } said && int.TryParse(said, out int weight))
        {
            Approximate(line, isShared && _builder[real].Weight != weight
                ? $"real {real} has weight {_builder[real].Weight} in every group"
                    : _builder.SetWeight(real, weight));
        }
        if (Option("maxconn") is { } most && int.TryParse(most, out int maxcon))
        {
            Approximate(line, _builder.SetMaxcon(real, maxcon)
                ?? "beyond maxcon sessions go to a backup or are refused, not queued");
        }
        string? rounded = null;
        int inter = ImportWords.TrySeconds(Option("inter") ?? "2s", out double seconds)
            ? ImportWords.CheckSeconds(seconds, out rounded) : 2;
        Approximate(line, rounded);
        Approximate(line, _builder.SetChecks(real, isShared, check ? inter : 0,
            int.TryParse(Option("fall"), out int fall) ? Math.Clamp(fall, 1, 63) : 3,
            int.TryParse(Option("rise"), out int rise) ? Math.Clamp(rise, 1, 63) : 2));
        bool isEnabled = !line.Words.Contains("disabled");
        if (isShared && isEnabled != _builder[real].Enabled)
        {
            string state = isEnabled ? "disabled" : "enabled";
            Approximate(line, $"real {real} is {state} in every group");
        }
        else
        {
            _builder[real] = _builder[real] with { Enabled = isEnabled };
        }
        string[] unknown = [.. line.Words.Skip(3).Where(
            word => word is "ssl" or "send-proxy" or "send-proxy-v2" or "cookie" or "slowstart"
            or "source" or "resolvers" or "track" or "port" or "addr" or "agent-check"
            or "on-marked-down")];
        Approximate(
            line, unknown.Length == 0 ? null : $"no counterpart: {string.Join(", ", unknown)}");
    }

    private void ReadOther(HaproxySection section, HaproxyLine line)
    {
        string word = line.Words[0];
        string value = line.Words.ElementAtOrDefault(1) ?? "";
        switch (word)
        {
            case "server":
                if (section.Kind == "defaults" || section.Kind == "frontend")
                {
                    Ignore(line, "a server belongs to a backend");
                }
                break;
            case "mode":
                Note(line, value == "tcp" ? null : "balanced as tcp; requests are not read");
                break;
            case "balance":
                Note(line, value switch
                {
                    "roundrobin" or "leastconn" or "source" => null,
                    "static-rr" => "becomes roundrobin",
                    "first" or "random" => "becomes leastconns",
                    _ => "reads requests; becomes roundrobin",
                });
                break;
            case "hash-type":
                Note(line, value == "consistent" ? null : "the hash is ours");
                break;
            case "default_backend" when !_groups.ContainsKey(PoolKey(isListen: false, value)):
                Ignore(line, $"backend {value} has no servers");
                break;
            case "default_backend" or "default-server":
                Import(line);
                break;
            case "stick-table":
                string? expire = line.After("expire");
                string? rounded = "no expire: 10 min";
                if (expire is not null && ImportWords.TrySeconds(expire, out double seconds))
                {
                    ImportWords.BindingMinutes((int)Math.Min(seconds, 1e6), out rounded);
                }
                Note(line, rounded);
                break;
            case "stick":
                Note(line, line.Words is [_, "on" or "match", "src", ..] ? null
                    : "only the client's address binds");
                break;
            case "timeout" when value == "client":
                Note(line, "becomes tmout of the service, in whole minutes");
                break;
            case "option" when value == "httpchk":
            case "http-check" when value is "expect" or "send":
                Note(line, value == "httpchk" || line.Words is [
                    "http-check", "expect", "status", ..] or ["http-check", "send", ..]
                    ? null : "answers are judged by their status");
                break;
            case "option" when value is "tcp-check" or "ssl-hello-chk" or "smtpchk"
                or "mysql-check" or "pgsql-check" or "redis-check":
                Note(line, value == "tcp-check" ? null : "becomes a tcp check");
                break;
            case "maxconn" or "fullconn" or "backlog":
                Ignore(line, "limits are set at the servers: maxcon");
                break;
            default:
                Ignore(line, Layer7Words.Contains(word) ? Layer7 : "no counterpart");
                break;
        }
    }

    private void Import(HaproxyLine line)
        => _builder.Note(line.Number, ImportKind.Imported, line.Text);

    private void Ignore(HaproxyLine line, string why)
        => _builder.Note(line.Number, ImportKind.Ignored, line.Text, why);

    private void Approximate(HaproxyLine line, string? differs)
    {
        if (differs is not null)
        {
            _builder.Note(line.Number, ImportKind.Approximated, line.Text, differs);
        }
    }

    private void Note(HaproxyLine line, string? differs)
        => _builder.Note(line.Number, differs is null ? ImportKind.Imported
            : ImportKind.Approximated, line.Text, differs ?? "");
}
