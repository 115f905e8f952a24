// Imports what ipvsadm-save (ipvsadm -S, with or without -n) prints: -A lines are services, -a
// lines their servers; short and long options.

using PacketSwitch.Control.Config;
using PacketSwitch.Wire;

namespace PacketSwitch.Control.Import;

/// <summary>Reads rules of ipvsadm.</summary>
internal sealed class IpvsadmImporter
{
    private static readonly Dictionary<string, string> ShortForms = new()
    {
        ["--add-service"] = "-A",
        ["--add-server"] = "-a",
        ["--tcp-service"] = "-t",
        ["--udp-service"] = "-u",
        ["--fwmark-service"] = "-f",
        ["--sctp-service"] = "--sctp-service",
        ["--scheduler"] = "-s",
        ["--persistent"] = "-p",
        ["--netmask"] = "-M",
        ["--real-server"] = "-r",
        ["--masquerading"] = "-m",
        ["--gatewaying"] = "-g",
        ["--ipip"] = "-i",
        ["--weight"] = "-w",
        ["--u-threshold"] = "-x",
        ["--l-threshold"] = "-y",
        ["--sched-flags"] = "-b",
        ["--ops"] = "-o",
    };

    private static readonly HashSet<string> ServiceOptions = ["-A", "-t", "-u", "-s", "-p", "-M"];
    private static readonly HashSet<string> ServerOptions =
        ["-a", "-t", "-u", "-r", "-m", "-g", "-w", "-x", "-y"];

    private readonly ImportBuilder _builder = new();
    private readonly List<Service> _services = [];

    public static ImportResult Import(string text, string file)
    {
        var importer = new IpvsadmImporter();
        string[] lines = text.Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            string line = lines[i].Trim();
            if (line.Length > 0 && line[0] != '#')
            {
                importer.Read(i + 1, line);
            }
        }
        importer._services.ForEach(importer.Add);
        return importer._builder.Finish();
    }

    private void Read(int number, string line)
    {
        Dictionary<string, string> options = Options(line);
        string? key = options.Keys.FirstOrDefault(each => each is "-t" or "-u");
        if (options.ContainsKey("-f"))
        {
            _builder.Note(number, ImportKind.Ignored, line,
                "a service by firewall mark: name its addresses and ports instead");
        }
        else if (key is null || !(options.ContainsKey("-A") || options.ContainsKey("-a")))
        {
            _builder.Note(number, ImportKind.Ignored, line, "no -A or -a with -t or -u");
        }
        else if (!ImportWords.TryEnd(options[key], out IpAddress vip, out int port) || port == 0)
        {
            _builder.Note(
                number, ImportKind.Ignored, line, $"'{options[key]}' is no address and port");
        }
        else if (options.ContainsKey("-A"))
        {
            _builder.Note(number, ImportKind.Imported, line);
            NoteUnknown(number, line, options, ServiceOptions);
            _services.Add(new Service(number, line, vip, port, key == "-u", options));
        }
        else
        {
            ReadServer(number, line, options, vip, port, key == "-u");
        }
    }

    private void ReadServer(
        int number, string line, Dictionary<string, string> options, IpAddress vip, int port,
            bool isUdp)
    {
        Service? service = _services.FindLast(
            each => each.Vip.Equals(vip) && each.Port == port && each.IsUdp == isUdp);
        if (service is null || !options.TryGetValue("-r", out string? end)
            || !ImportWords.TryEnd(end, out IpAddress address, out int realPort))
        {
            _builder.Note(number, ImportKind.Ignored, line, service is null
                ? "its service was not added before" : "no -r ADDRESS:PORT");
            return;
        }
        if (options.ContainsKey("-i"))
        {
            _builder.Note(number, ImportKind.Ignored, line, "tunnels are not supported");
            return;
        }
        if (address.IsV6 != vip.IsV6)
        {
            _builder.Note(number, ImportKind.Ignored, line,
                $"{vip} and its server {address} are of different address families");
            return;
        }
        _builder.Note(number, ImportKind.Imported, line);
        NoteUnknown(number, line, options, ServerOptions);
        service.Lines.Add((number, line));
        int weight = options.TryGetValue("-w", out string? said)
            && int.TryParse(said, out int value) ? value : 1;
        int real = _builder.Real(address);
        bool isShared = _builder.IsDescribed(real);
        if (isShared && _builder[real].Weight != weight)
        {
            _builder.Note(number, ImportKind.Approximated, line,
                $"real {real} has weight {_builder[real].Weight} for every service, not {weight}");
        }
        else
        {
            Approximate(number, line, _builder.SetWeight(real, weight));
        }
        if (options.TryGetValue("-x", out string? most) && int.TryParse(most, out int maxcon))
        {
            Approximate(number, line, _builder.SetMaxcon(real, maxcon));
        }
        if (options.GetValueOrDefault("-y", "0") != "0")
        {
            Approximate(number, line, "a lower threshold (-y) has no counterpart");
        }
        service.Members.Add(real);
        service.RealPorts.Add(realPort == 0 ? port : realPort);
        bool isDirect = options.ContainsKey("-g") || !options.ContainsKey("-m");
        service.IsDirect ??= isDirect;
        if (isDirect != service.IsDirect)
        {
            Approximate(number, line, "a service forwards to all its servers alike: "
                + (service.IsDirect == true ? "-g" : "-m"));
        }
        if (service.RealPorts[0] != service.RealPorts[^1])
        {
            Approximate(number, line, $"a service has one rport: {service.RealPorts[0]}");
        }
    }

    private void Add(Service service)
    {
        GroupMetric metric = ImportWords.Scheduler(
            service.Options.GetValueOrDefault("-s", "wlc"), out string? differs);
        Approximate(service.Line, service.Text, differs);
        ClientBinding binding = ClientBinding.Off;
        int minutes = 10;
        if (service.Options.TryGetValue("-p", out string? seconds))
        {
            binding = ClientBinding.ClientIp;
            minutes = ImportWords.BindingMinutes(
                int.TryParse(seconds, out int said) ? said : 360, out string? rounded);
            Approximate(service.Line, service.Text, rounded);
        }
        int group = _builder.AddGroup(id => new GroupConfig(id)
        {
            Metric = metric,
            Health = HealthCheckKind.None, // ipvsadm checks nothing.
            Members = [.. service.Members],
        });
        int? bits = service.Options.TryGetValue("-M", out string? mask) ? ImportWords.MaskBits(mask)
            : null;
        string? problem =
            _builder.AddService(service.Vip, "", virt => new ServiceConfig(virt, service.Port)
            {
                Group = group,
                Protocol = service.IsUdp ? ServiceProtocol.Udp : ServiceProtocol.Tcp,
                RealPort = service.RealPorts.FirstOrDefault(service.Port) is var port
                && port == service.Port ? 0 : port,
                DirectServerReturn = service.IsDirect == true,
                Binding = binding,
                BindingMinutes = minutes,
                BindingBits = bits,
            });
        if (problem is not null)
        {
            _builder.RemoveLastGroup();
            _builder.Reject(service.Line, service.Text, problem);
            service.Lines.ForEach(line => _builder.Reject(line.Number, line.Text, problem));
        }
    }

    private void NoteUnknown(
        int number, string line, Dictionary<string, string> options, HashSet<string> known)
    {
        string[] unknown = [.. options.Keys.Where(option => !known.Contains(option))];
        Approximate(number, line,
            unknown.Length == 0 ? null : $"no counterpart: {string.Join(", ", unknown)}");
    }

    private void Approximate(int line, string text, string? note)
    {
        if (note is not null)
        {
            _builder.Note(line, ImportKind.Approximated, text, note);
        }
    }

    private static Dictionary<string, string> Options(string line)
    {
        var options = new Dictionary<string, string>();
        string[] words = line.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        for (int i = 0; i < words.Length; i++)
        {
            string[] halves = words[i].StartsWith("--", StringComparison.Ordinal)
                ? words[i].Split('=', 2) : [words[i]];
            string name = ShortForms.GetValueOrDefault(halves[0], halves[0]);
            if (!name.StartsWith('-'))
            {
                continue;
            }
            bool hasValue = halves.Length == 1 && i + 1 < words.Length
                && !words[i + 1].StartsWith('-');
            options[name] = halves.Length == 2 ? halves[1] : hasValue ? words[++i] : "";
        }
        return options;
    }

    private sealed record Service(
        int Line, string Text, IpAddress Vip, int Port, bool IsUdp,
        Dictionary<string, string> Options)
    {
        public List<int> Members { get; } = [];
        public List<int> RealPorts { get; } = [];
        public List<(int Number, string Text)> Lines { get; } = [];

        /// <summary>As its first server says.</summary>
        public bool? IsDirect { get; set; }
    }
}
