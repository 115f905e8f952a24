// The command tree of the configuration: /cfg with sys, l3 (ip), slb and what is under them. The
// prefix /cfg/slb may be left out, so every object menu hangs under the root too.

namespace PacketSwitch.Control.Config;

internal static class MenuTree
{
    public const int MostReals = 16_384;
    public const int MostGroups = 4_096;
    public const int MostVirts = 4_096;
    public const int MostPorts = 255;

    private static readonly Menu Service = new("service", "")
    {
        Question = "Enter virtual port",
        MostId = 65_535,
        IsService = true,
        Rows = WordTable.Service,
        Create = at => new ServiceConfig(at.Parent!.Id, at.Id),
        Load = (candidate, at) => candidate.Services.GetValueOrDefault((at.Parent!.Id, at.Id)),
        Store = (candidate, at, item) =>
            candidate.Services[(at.Parent!.Id, at.Id)] = (ServiceConfig)item,
        Delete = (candidate, at) => candidate.Services.Remove((at.Parent!.Id, at.Id)),
    };

    private static readonly Menu System = new("sys", "System")
    {
        OwnPath = SystemConfig.Path,
        Rows = WordTable.System,
        Create = _ => new SystemConfig(),
        Load = (candidate, _) => candidate.System,
        Store = (candidate, _, item) => candidate.System = (SystemConfig)item,
    };

    private static readonly Menu Advanced = new("adv", "SLB Advanced")
    {
        OwnPath = AdvancedConfig.Path,
        Rows = WordTable.Advanced,
        Create = _ => new AdvancedConfig(),
        Load = (candidate, _) => candidate.Advanced,
        Store = (candidate, _, item) => candidate.Advanced = (AdvancedConfig)item,
    };

    private static readonly Menu Interface = Numbered(
        "if", "IP Interface", "Enter interface number", 256, WordTable.Interface,
        candidate => candidate.Interfaces, id => new InterfaceConfig(id));

    private static readonly Menu Gateway = Numbered(
        "gw", "Default gateway", "Enter default gateway number", 255, WordTable.Gateway,
        candidate => candidate.Gateways, id => new GatewayConfig(id));

    private static readonly Menu Port = Numbered(
        "port", "SLB port", "Enter port number", MostPorts, WordTable.Port,
        candidate => candidate.Ports, id => new PortConfig(id));

    private static readonly Menu Real = Numbered(
        "real", "Real server", "Enter real server number", MostReals, WordTable.Real,
        candidate => candidate.Reals, id => new RealConfig(id),
        (candidate, name) => candidate.FindRealByName(name));

    private static readonly Menu Group = Numbered(
        "group", "Real server group", "Enter real server group number", MostGroups, WordTable.Group,
        candidate => candidate.Groups, id => new GroupConfig(id),
        (candidate, name) => candidate.FindGroupByName(name));

    private static readonly Menu Virt = new("virt", "Virtual server")
    {
        Question = "Enter virtual server number",
        MostId = MostVirts,
        Rows = WordTable.Virt,
        Children = [Service],
        Create = at => new VirtConfig(at.Id),
        Load = (candidate, at) => candidate.Virts.GetValueOrDefault(at.Id),
        Store = (candidate, at, item) => candidate.Virts[at.Id] = (VirtConfig)item,
        Delete = (candidate, at) => candidate.RemoveVirt(at.Id),
        FindByName = (candidate, name) => candidate.FindVirtByName(name),
    };

    private static readonly Menu Layer3 = new("l3", "Layer 3")
    {
        Aliases = ["ip"],
        Children = [Interface, Gateway],
    };

    private static readonly Menu Slb = new("slb", "Layer 4")
    {
        OwnPath = SlbSettings.Path,
        Rows = WordTable.Slb,
        Children = [Real, Group, Virt, Port, Advanced],
        Create = _ => new SlbSettings(On: false),
        Load = (candidate, _) => candidate.Slb,
        Store = (candidate, _, item) => candidate.Slb = (SlbSettings)item,
    };

    private static readonly Menu Configuration = new("cfg", "Configuration")
    {
        Aliases = ["c"],
        Children = [System, Interface, Gateway, Port, Real, Group, Virt, Advanced, Slb, Layer3],
    };

    public static Menu Root { get; } = new("", "Main")
    {
        Children = [.. Configuration.Children, Configuration],
    };

    /// <summary>Every menu that has words.</summary>
    public static IReadOnlyList<Menu> WithWords { get; } =
        [System, Interface, Gateway, Port, Real, Group, Virt, Service, Advanced, Slb];

    private static Menu Numbered<T>(
        string name, string title, string question, int most, IReadOnlyList<WordRow> rows,
        Func<ConfigCandidate, SortedDictionary<int, T>> table, Func<int, T> create,
        Func<ConfigCandidate, string, int?>? findByName = null)
        where T : class =>
        new(name, title)
        {
            Question = question,
            MostId = most,
            Rows = rows,
            Create = at => create(at.Id),
            Load = (candidate, at) => table(candidate).GetValueOrDefault(at.Id),
            Store = (candidate, at, item) => table(candidate)[at.Id] = (T)item,
            Delete = (candidate, at) => table(candidate).Remove(at.Id),
            FindByName = findByName,
        };
}
