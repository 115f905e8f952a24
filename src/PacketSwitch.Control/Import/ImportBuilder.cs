// Puts together a configuration from what an importer reads, and keeps the account of lines. A real
// server is known by its address, a virtual server by its VIP, as in the tools that number neither.
// One per import.

using PacketSwitch.Control.Config;
using PacketSwitch.Wire;

namespace PacketSwitch.Control.Import;

/// <summary>A configuration in the making.</summary>
internal sealed class ImportBuilder
{
    private const int LargestWeight = 256;
    private const int LargestName = 31;
    private const int LargestMaxcon = 200_000;

    private readonly SortedDictionary<int, RealConfig> _reals = [];
    private readonly List<GroupConfig> _groups = [];
    private readonly List<VirtConfig> _virts = [];
    private readonly List<ImportedLine> _lines = [];
    private readonly HashSet<int> _described = [];

    /// <summary>
    /// Accounts for a line. A second word about the same line adds its note and lowers its fate: a
    /// line of which a part is ignored is
    /// approximated.
    /// </summary>
    public void Note(int line, ImportKind kind, string text, string note = "")
    {
        int at = _lines.FindIndex(known => known.Line == line);
        if (at < 0)
        {
            _lines.Add(new ImportedLine(line, kind, text.Trim(), note));
            return;
        }
        ImportedLine known = _lines[at];
        string[] notes = [.. new[] { known.Note, note }.Where(each => each.Length > 0).Distinct()];
        _lines[at] = known with
        {
            Kind = kind == known.Kind ? kind : ImportKind.Approximated,
            Note = string.Join("; ", notes),
        };
    }

    /// <summary>A line that was taken for good, and cannot be after all.</summary>
    public void Reject(int line, string text, string why)
    {
        _lines.RemoveAll(known => known.Line == line);
        Note(line, ImportKind.Ignored, text, why);
    }

    /// <summary>
    /// The number of the real server of this address, which is made when it is new.
    /// </summary>
    public int Real(IpAddress address, string name = "")
    {
        foreach (RealConfig known in _reals.Values)
        {
            if (known.Address!.Value.Equals(address))
            {
                return known.Id;
            }
        }
        int id = _reals.Count + 1;
        _reals[id] = new RealConfig(id) { Address = address, Name = Name(name), Enabled = true };
        return id;
    }

    /// <summary>
    /// Begins to describe a server. True when another pool has described it already: its words hold
    /// for both, since a server has one weight and one way to be checked.
    /// </summary>
    public bool IsDescribed(int real) => !_described.Add(real);

    public RealConfig this[int real]
    {
        get => _reals[real];
        set => _reals[real] = value;
    }

    /// <summary>Sets a weight; null when it is as said, else how it differs.</summary>
    public string? SetWeight(int real, int weight)
    {
        _reals[real] = _reals[real] with { Weight = Math.Clamp(weight, 0, LargestWeight) };
        return weight > LargestWeight ? $"weight {weight} is above {LargestWeight}" : null;
    }

    /// <summary>Sets the most sessions; null when it is as said, else how it differs.</summary>
    public string? SetMaxcon(int real, int most)
    {
        _reals[real] = _reals[real] with { MaxConnections = Math.Clamp(most, 0, LargestMaxcon) };
        return most > LargestMaxcon ? $"{most} is above maxcon {LargestMaxcon}" : null;
    }

    /// <summary>
    /// Sets how a server is checked, every so many seconds or never (0), unless another pool has
    /// said so: then null or how it differs.
    /// </summary>
    public string? SetChecks(int real, bool isShared, int inter, int retry, int restr)
    {
        RealConfig known = _reals[real];
        if (!isShared || known.CheckIntervalSeconds == 0)
        {
            _reals[real] = known with
            {
                CheckIntervalSeconds = inter,
                FailuresToDown = retry,
                SuccessesToUp = restr,
            };
            return null;
        }
        bool isSame = inter == known.CheckIntervalSeconds && retry == known.FailuresToDown
            && restr == known.SuccessesToUp;
        return isSame ? null : $"real {real} has inter {known.CheckIntervalSeconds}, retry "
            + $"{known.FailuresToDown}, restr {known.SuccessesToUp} in every group";
    }

    /// <summary>Adds a group and returns its number.</summary>
    public int AddGroup(Func<int, GroupConfig> make)
    {
        int id = _groups.Count + 1;
        GroupConfig group = make(id);
        _groups.Add(group with
        {
            Name = Name(group.Name),
            Members = [.. group.Members.Distinct().Order()]
        });
        return id;
    }

    /// <summary>
    /// Adds a service to a virtual server of this VIP. Null when that worked, else why not. The
    /// same port with the other protocol is a virtual server of its own: a service has one group.
    /// </summary>
    public string? AddService(IpAddress vip, string name, Func<int, ServiceConfig> make)
    {
        ServiceConfig wanted = make(0);
        if (_groups.Find(group => group.Id == wanted.Group) is { } servers
            && FamilyProblem(vip, servers) is { } problem)
        {
            return problem;
        }
        VirtConfig[] ofVip = [.. _virts.Where(virt => virt.Address!.Value.Equals(vip))];
        if (ofVip.Any(virt => virt.Services.Any(
            known => known.Port == wanted.Port && known.Protocol == wanted.Protocol)))
        {
            return $"{vip} port {wanted.Port} is served already";
        }
        VirtConfig? free = ofVip.FirstOrDefault(
            virt => virt.Services.All(known => known.Port != wanted.Port));
        int at = free is null ? -1 : _virts.IndexOf(free);
        if (at < 0)
        {
            at = _virts.Count;
            _virts.Add(new VirtConfig(at + 1) { Address = vip, Name = Name(name), Enabled = true });
        }
        VirtConfig virt = _virts[at];
        ServiceConfig service = make(virt.Id);
        _virts[at] =
            virt with { Services = [.. virt.Services.Append(service).OrderBy(each => each.Port)] };
        return null;
    }

    /// <summary>Takes back the group that was added last, whose service could not be.</summary>
    public void RemoveLastGroup() => _groups.RemoveAt(_groups.Count - 1);

    // Addresses are not translated between the families.
    private string? FamilyProblem(IpAddress vip, GroupConfig group)
    {
        IEnumerable<int> servers = group.Backup is { IsGroup: false } backup
            ? group.Members.Append(backup.Id) : group.Members;
        foreach (int id in servers)
        {
            IpAddress address = _reals[id].Address!.Value;
            if (address.IsV6 != vip.IsV6)
            {
                return $"{vip} and its server {address} are of different address families";
            }
        }
        return null;
    }

    /// <summary>The configuration, with the lines in their order.</summary>
    public ImportResult Finish() => new(
        new SwitchConfig
        {
            Reals = [.. _reals.Values.Where(real => IsUsed(real.Id))],
            Groups = [.. _groups],
            Virts = [.. _virts],
            SlbOn = true,
        },
        [.. _lines.OrderBy(line => line.Line)]);

    private bool IsUsed(int real)
        => _groups.Exists(group => group.Members.Contains(real) || IsBackup(group.Backup, real))
            || _reals.Values.Any(other => IsBackup(other.Backup, real));

    private static bool IsBackup(BackupReference? backup, int real)
        => backup is { IsGroup: false } stand && stand.Id == real;

    private static string Name(string name)
        => name.Length > LargestName ? name[..LargestName] : name;
}
