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
    /// True when another pool has the server already, so that its words hold for both.
    /// </summary>
    public bool HasReal(IpAddress address)
        => _reals.Values.Any(real => real.Address!.Value.Equals(address));

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
    /// Adds a service to the virtual server of this VIP. Null when that worked, else why not.
    /// </summary>
    public string? AddService(IpAddress vip, string name, Func<int, ServiceConfig> make)
    {
        int at = _virts.FindIndex(virt => virt.Address!.Value.Equals(vip));
        if (at < 0)
        {
            at = _virts.Count;
            _virts.Add(new VirtConfig(at + 1) { Address = vip, Name = Name(name), Enabled = true });
        }
        VirtConfig virt = _virts[at];
        ServiceConfig service = make(virt.Id);
        if (virt.Services.FirstOrDefault(known => known.Port == service.Port) is { } same)
        {
            bool other = same.Protocol != service.Protocol && same.Protocol != ServiceProtocol.Both;
            return other
                ? $"port {service.Port} is served for the other protocol already, and a port has "
                    + $"one group here"
                : $"{vip} port {service.Port} is served already";
        }
        _virts[at] =
            virt with { Services = [.. virt.Services.Append(service).OrderBy(each => each.Port)] };
        return null;
    }

    /// <summary>The configuration, with the lines in their order.</summary>
    public ImportResult Finish() => new(
        new SwitchConfig
        {
            Reals = [.. _reals.Values],
            Groups = [.. _groups],
            Virts = [.. _virts],
            SlbOn = true,
        },
        [.. _lines.OrderBy(line => line.Line)]);

    private static string Name(string name)
        => name.Length > LargestName ? name[..LargestName] : name;
}
