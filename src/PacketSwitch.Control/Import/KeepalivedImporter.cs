// Imports keepalived.conf: virtual_server blocks with their real servers and checks. VRRP and
// notifications are no business of a switch and are ignored with their reason.

using PacketSwitch.Control.Config;
using PacketSwitch.Wire;

namespace PacketSwitch.Control.Import;

/// <summary>Reads keepalived's configuration.</summary>
internal sealed class KeepalivedImporter
{
    private static readonly HashSet<string> Notifications =
        ["notify_up", "notify_down", "quorum_up", "quorum_down", "quorum", "hysteresis", "alpha",
            "omega", "ha_suspend", "warmup"];

    private readonly ImportBuilder _builder = new();

    public static ImportResult Import(string text, string file)
    {
        var importer = new KeepalivedImporter();
        BraceNode root = BraceNode.Parse(text);
        foreach (BraceNode node in root.Children)
        {
            if (node.Word == "virtual_server")
            {
                importer.ReadVirtualServer(node);
            }
            else
            {
                importer.Ignore(node, node.Word.StartsWith("vrrp", StringComparison.Ordinal)
                    ? "VRRP: high availability is not this configuration's business"
                    : node.Word == "virtual_server_group"
                        ? "groups of addresses: write a virtual_server for each"
                    : node.Word == "include" ? "not followed: import that file too"
                    : node.Word[0] is '$' or '~' or '@'
                        ? "not expanded: write its value where it is used"
                    : "nothing here depends on it");
            }
        }
        return importer._builder.Finish();
    }

    private void ReadVirtualServer(BraceNode node)
    {
        if (node.Arguments is not [string host, string portText, ..]
            || !IpAddress.TryParse(host, out IpAddress vip)
            || !ImportWords.TryPort(portText, out int port) || port == 0)
        {
            Ignore(node, node.Arguments switch
            {
                ["fwmark", ..] => "a service by firewall mark: name its address and port",
                ["group", ..] => "a group of addresses: write a virtual_server for each",
                [_] or [_, "0", ..] => "a service of every port: write virt N / layr3 ena",
                _ => "expected virtual_server ADDRESS PORT",
            });
            return;
        }
        Import(node);
        var pool = new Pool { Vip = vip };
        foreach (BraceNode child in node.Children)
        {
            ReadWord(child, pool);
        }
        foreach (BraceNode child in node.Children.Where(child => child.Word == "real_server"))
        {
            ReadRealServer(child, pool, port);
        }
        int group = _builder.AddGroup(id => new GroupConfig(id)
        {
            Metric = pool.Metric,
            Health = pool.Health ?? HealthCheckKind.None,
            Content = pool.Content ?? "/",
            Members = [.. pool.Members],
            Backup = pool.Sorry is { } sorry ? new BackupReference(IsGroup: false, sorry) : null,
        });
        string? problem = _builder.AddService(vip, "", virt => new ServiceConfig(virt, port)
        {
            Group = group,
            Protocol = pool.IsUdp ? ServiceProtocol.Udp : ServiceProtocol.Tcp,
            RealPort = pool.RealPort == port ? 0 : pool.RealPort,
            DirectServerReturn = pool.IsDirect,
            Binding = pool.BindingMinutes is null ? ClientBinding.Off : ClientBinding.ClientIp,
            BindingMinutes = pool.BindingMinutes ?? 10,
            BindingBits = pool.BindingBits,
        });
        if (problem is not null)
        {
            _builder.RemoveLastGroup();
            Reject(node, problem);
        }
    }

    private void Reject(BraceNode node, string why)
    {
        _builder.Reject(node.Line, node.Text, why);
        node.Children.ForEach(child => Reject(child, why));
    }

    private void ReadWord(BraceNode node, Pool pool)
    {
        string value = node.Arguments.FirstOrDefault("");
        switch (node.Word)
        {
            case "delay_loop":
                pool.Inter = ImportWords.CheckSeconds(
                    double.TryParse(value, out double delay) ? delay : 60, out string? rounded);
                Import(node, rounded);
                break;
            case "lb_algo" or "lvs_sched":
                pool.Metric = ImportWords.Scheduler(value, out string? differs);
                Import(node, differs);
                break;
            case "lb_kind" or "lvs_method":
                pool.IsDirect = value == "DR";
                Import(node, value is "NAT" or "DR" ? null
                    : "tunnels are not supported; becomes NAT");
                break;
            case "persistence_timeout":
                pool.BindingMinutes = ImportWords.BindingMinutes(
                    int.TryParse(value, out int seconds) ? seconds : 360, out rounded);
                Import(node, rounded);
                break;
            case "persistence_granularity":
                pool.BindingBits = ImportWords.MaskBits(value);
                Import(node, pool.BindingBits is null ? "no mask; the whole address counts" : null);
                break;
            case "protocol":
                pool.IsUdp = value == "UDP";
                Import(node, value is "TCP" or "UDP" ? null : "becomes tcp");
                break;
            case "retry":
                ReadRetry(node, pool);
                break;
            case "sorry_server":
                ReadSorry(node, pool);
                break;
            case "real_server":
                break;
            case "delay_before_retry":
                _builder.Note(node.Line, ImportKind.Approximated, node.Text,
                    "checks are always inter seconds apart");
                break;
            default:
                Ignore(node, Notifications.Contains(node.Word)
                    ? "notifications and quorums are not supported"
                    : node.Word == "virtualhost"
                        ? "http checks send the server's address as their host" : "no counterpart");
                break;
        }
    }

    private void ReadSorry(BraceNode node, Pool pool)
    {
        if (node.Arguments is [string host, ..] && IpAddress.TryParse(host, out IpAddress address)
            && address.IsV6 == pool.Vip.IsV6)
        {
            pool.Sorry = _builder.Real(address);
            bool samePort = node.Arguments.Count < 2
                || !ImportWords.TryPort(node.Arguments[1], out int port)
                || pool.RealPort == 0 || port == pool.RealPort;
            Import(node, samePort ? null : "its port is the service's rport");
        }
        else
        {
            Ignore(node, "expected sorry_server ADDRESS PORT, of the VIP's address family");
        }
    }

    private void ReadRealServer(BraceNode node, Pool pool, int servicePort)
    {
        if (node.Arguments is not [string host, ..]
            || !IpAddress.TryParse(host, out IpAddress address))
        {
            Ignore(node, "expected real_server ADDRESS PORT");
            return;
        }
        if (address.IsV6 != pool.Vip.IsV6)
        {
            Ignore(node, $"{pool.Vip} and its server {address} are of different address families");
            return;
        }
        int port = node.Arguments.Count > 1 && ImportWords.TryPort(node.Arguments[1], out int said)
            && said > 0 ? said : servicePort;
        Import(node, pool.RealPort != 0 && pool.RealPort != port
            ? $"a service has one rport: {pool.RealPort}" : null);
        pool.RealPort = pool.RealPort == 0 ? port : pool.RealPort;
        int real = _builder.Real(address);
        bool isShared = _builder.IsDescribed(real);
        pool.Members.Add(real);
        if (_builder.SetChecks(real, isShared, pool.Inter, pool.Failures, restr: 1) is { } differs)
        {
            Import(node, differs);
        }
        foreach (BraceNode child in node.Children)
        {
            ReadRealWord(child, real, isShared, pool);
        }
    }

    private void ReadRealWord(BraceNode node, int real, bool isShared, Pool pool)
    {
        string value = node.Arguments.FirstOrDefault("");
        switch (node.Word)
        {
            case "weight" when int.TryParse(value, out int weight):
                bool differs = isShared && _builder[real].Weight != weight;
                Import(node, differs
                    ? $"real {real} has weight {_builder[real].Weight} in every group"
                    : _builder.SetWeight(real, weight));
                break;
            case "uthreshold" when int.TryParse(value, out int most):
                Import(node, _builder.SetMaxcon(real, most));
                break;
            case "inhibit_on_failure":
                Ignore(node, "a failed server takes no sessions and keeps its place; adv/grace "
                    + "keeps its sessions");
                break;
            case "TCP_CHECK" or "PING_CHECK" or "HTTP_GET" or "UDP_CHECK" or "DNS_CHECK":
                ReadCheck(node, real, isShared, pool);
                break;
            case "SSL_GET" or "SMTP_CHECK" or "MISC_CHECK" or "BFD_CHECK" or "FILE_CHECK":
                HealthCheckKind kind = HealthCheckKind.Tcp;
                pool.Health ??= kind;
                _builder.Note(node.Line, ImportKind.Approximated, node.Text, "becomes a tcp check");
                IgnoreChildren(node, "the tcp check has no such setting");
                break;
            default:
                Ignore(node, Notifications.Contains(node.Word) ? "notifications are not supported"
                    : "no counterpart");
                break;
        }
    }

    private void ReadCheck(BraceNode node, int real, bool isShared, Pool pool)
    {
        HealthCheckKind kind = node.Word switch
        {
            "PING_CHECK" => HealthCheckKind.Icmp,
            "HTTP_GET" => HealthCheckKind.Http,
            "UDP_CHECK" => HealthCheckKind.Udp,
            "DNS_CHECK" => HealthCheckKind.Dns,
            _ => HealthCheckKind.Tcp,
        };
        bool isOwn = pool.Health is { } other && other != kind;
        Import(node, isOwn && isShared ? $"real {real} is checked alike in every group" : null);
        if (isOwn && !isShared)
        {
            _builder[real] = _builder[real] with { Health = kind };
        }
        pool.Health ??= kind;
        foreach (BraceNode child in node.Children)
        {
            switch (child.Word)
            {
                case "retry" or "nb_get_retry" when isShared:
                    Ignore(child, $"real {real} is checked alike in every group");
                    break;
                case "retry" or "nb_get_retry":
                    var own = new Pool();
                    ReadRetry(child, own);
                    _builder[real] = _builder[real] with { FailuresToDown = own.Failures };
                    break;
                case "url":
                    ReadUrl(child, pool);
                    break;
                case "connect_port":
                    Ignore(child, "checks go to the service's rport");
                    break;
                default:
                    Ignore(child, child.Word switch
                    {
                        "delay_before_retry" => "checks are always inter seconds apart",
                        "connect_timeout" => "the check's time out is its interval",
                        _ => "no counterpart",
                    });
                    break;
            }
        }
    }

    private void ReadUrl(BraceNode node, Pool pool)
    {
        Import(node);
        string path = "/";
        string status = "";
        foreach (BraceNode child in node.Children)
        {
            string value = child.Arguments.FirstOrDefault("");
            switch (child.Word)
            {
                case "path":
                    path = value;
                    Import(child);
                    break;
                case "status_code":
                    status = " " + value;
                    Import(child);
                    break;
                default:
                    Ignore(child, "answers are judged by their status");
                    break;
            }
        }
        string content = path + status;
        pool.Content ??= content;
        if (pool.Content != content)
        {
            _builder.Note(node.Line, ImportKind.Approximated, node.Text,
                $"a group asks for one path: {pool.Content}");
        }
    }

    // There: so many tries more after the first failure. Here: failures in a row.
    private void ReadRetry(BraceNode node, Pool pool)
    {
        int more = int.TryParse(node.Arguments.FirstOrDefault("1"), out int said) ? said : 1;
        pool.Failures = Math.Clamp(more + 1, 1, 63);
        _builder.Note(node.Line, ImportKind.Approximated, node.Text,
            $"retry {pool.Failures}: failures in a row, the first one included");
    }

    private void Import(BraceNode node, string? differs = null)
        => _builder.Note(node.Line, differs is null ? ImportKind.Imported
            : ImportKind.Approximated, node.Text, differs ?? "");

    private void Ignore(BraceNode node, string why)
    {
        _builder.Note(node.Line, ImportKind.Ignored, node.Text, why);
        IgnoreChildren(node, why);
    }

    private void IgnoreChildren(BraceNode node, string why)
    {
        foreach (BraceNode child in node.Children)
        {
            Ignore(child, why);
        }
    }

    private sealed class Pool
    {
        public GroupMetric Metric { get; set; } = GroupMetric.LeastConnections;
        public HealthCheckKind? Health { get; set; }
        public IpAddress Vip { get; init; }
        public string? Content { get; set; }
        public List<int> Members { get; } = [];
        public int? Sorry { get; set; }
        public int RealPort { get; set; }
        public bool IsUdp { get; set; }
        public bool IsDirect { get; set; }
        public int? BindingMinutes { get; set; }
        public int? BindingBits { get; set; }

        /// <summary>keepalived checks every minute unless told.</summary>
        public int Inter { get; set; } = 60;
        public int Failures { get; set; } = 2;
    }
}
