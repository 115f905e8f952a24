// Every word of every object, with its range and its default (that of the record). To add a word: a
// property in the record and a row here; for single metrics and health checks see ValueKinds.

using static PacketSwitch.Control.Config.ValueKinds;

namespace PacketSwitch.Control.Config;

internal static class WordTable
{
    private static readonly ReferenceKind RealReference = new(
        "real server", MenuTree.MostReals,
        static (candidate, name) => candidate.FindRealByName(name),
        static candidate => candidate.Reals.Values.Select(real => real.Name));

    private static readonly ReferenceKind GroupReference = new(
        "group", MenuTree.MostGroups, static (candidate, name) => candidate.FindGroupByName(name),
        static candidate => candidate.Groups.Values.Select(group => group.Name));

    private static readonly ValueKind<string> Name = new TextKind(31);

    public static IReadOnlyList<WordRow> Real { get; } =
    [
        RowOf<RealConfig>.Word("name", Name, x => x.Name, (x, v) => x with { Name = v }),
        RowOf<RealConfig>.Word("rip", Address, x => x.Address, (x, v) => x with { Address = v }),
        RowOf<RealConfig>.Word("mac", Mac, x => x.Mac, (x, v) => x with { Mac = v }),
        RowOf<RealConfig>.Word("weight", Number(0, 256), x => x.Weight,
            (x, v) => x with { Weight = v }),
        RowOf<RealConfig>.Word("maxcon", Number(0, 200_000), x => x.MaxConnections,
            (x, v) => x with { MaxConnections = v }),
        RowOf<RealConfig>.Word("tmout", Number(2, 32_768), x => x.TimeoutMinutes,
            (x, v) => x with { TimeoutMinutes = v }),
        RowOf<RealConfig>.Word("backup", RealBackup, x => x.Backup,
            (x, v) => x with { Backup = v }),
        RowOf<RealConfig>.Word("inter", Number(0, 60), x => x.CheckIntervalSeconds,
            (x, v) => x with { CheckIntervalSeconds = v }),
        RowOf<RealConfig>.Word("retry", Number(1, 63), x => x.FailuresToDown,
            (x, v) => x with { FailuresToDown = v }),
        RowOf<RealConfig>.Word("restr", Number(1, 63), x => x.SuccessesToUp,
            (x, v) => x with { SuccessesToUp = v }),
        RowOf<RealConfig>.Word("health", OwnHealth, x => x.Health, (x, v) => x with { Health = v }),
        RowOf<RealConfig>.Word("preempt", Toggle, x => x.Preempt,
            (x, v) => x with { Preempt = v }),
        RowOf<RealConfig>.Word("overflow", Toggle, x => x.Overflow,
            (x, v) => x with { Overflow = v }),
        RowOf<RealConfig>.Enabled(x => x.Enabled, (x, v) => x with { Enabled = v }),
    ];

    public static IReadOnlyList<WordRow> Group { get; } =
    [
        RowOf<GroupConfig>.Word("name", Name, x => x.Name, (x, v) => x with { Name = v }),
        RowOf<GroupConfig>.Word("metric", Metric, x => x.Metric,
            (x, v) => x with { Metric = v }, alias: "matric"),
        RowOf<GroupConfig>.Word("health", ValueKinds.Health, x => x.Health,
            (x, v) => x with { Health = v }),
        RowOf<GroupConfig>.Word("content", new TextKind(255, words: 2), x => x.Content,
            (x, v) => x with { Content = v }),
        new MemberRow("add", adds: true, RealReference),
        new MemberRow("rem", adds: false, RealReference),
        RowOf<GroupConfig>.Word("backup", AnyBackup, x => x.Backup,
            (x, v) => x with { Backup = v }),
        RowOf<GroupConfig>.Word("slowstr", Number(0, 600), x => x.SlowStartSeconds,
            (x, v) => x with { SlowStartSeconds = v }),
        RowOf<GroupConfig>.Word("mhash", OneOf(24, 32), x => x.SourceBits,
            (x, v) => x with { SourceBits = v }),
        RowOf<GroupConfig>.Word("realthr", Number(0, 15), x => x.RealThreshold,
            (x, v) => x with { RealThreshold = v }),
        RowOf<GroupConfig>.Word("viphlth", Toggle, x => x.CheckThroughVip,
            (x, v) => x with { CheckThroughVip = v }),
        RowOf<GroupConfig>.Word("passive", Toggle, x => x.PassiveChecks,
            (x, v) => x with { PassiveChecks = v }),
    ];

    public static IReadOnlyList<WordRow> Virt { get; } =
    [
        RowOf<VirtConfig>.Word("vname", Name, x => x.Name,
            (x, v) => x with { Name = v }, alias: "name"),
        RowOf<VirtConfig>.Word("vip", Address, x => x.Address, (x, v) => x with { Address = v }),
        RowOf<VirtConfig>.Word("layr3", Toggle, x => x.AnyPort,
            (x, v) => x with { AnyPort = v }),
        RowOf<VirtConfig>.Word("creset", Toggle, x => x.ResetWrongPort,
            (x, v) => x with { ResetWrongPort = v }),
        RowOf<VirtConfig>.Enabled(x => x.Enabled, (x, v) => x with { Enabled = v }),
    ];

    public static IReadOnlyList<WordRow> Service { get; } =
    [
        RowOf<ServiceConfig>.Word("group", GroupReference, x => x.Group,
            (x, v) => x with { Group = v }),
        RowOf<ServiceConfig>.Word("rport", Number(0, 65_535), x => x.RealPort,
            (x, v) => x with { RealPort = v }),
        RowOf<ServiceConfig>.Word("protocol", ValueKinds.Protocol, x => x.Protocol,
            (x, v) => x with { Protocol = v }),
        new SynonymRow<ServiceConfig, bool>("udp", Toggle,
            (x, v) => x with { Protocol = v ? ServiceProtocol.Udp : ServiceProtocol.Tcp }),
        RowOf<ServiceConfig>.Word("nonat", Toggle, x => x.DirectServerReturn,
            (x, v) => x with { DirectServerReturn = v }),
        RowOf<ServiceConfig>.Word("pip", AddressList, x => x.ProxyAddresses,
            (x, v) => x with { ProxyAddresses = v }),
        RowOf<ServiceConfig>.Word("pbind", Binding, x => x.Binding,
            (x, v) => x with { Binding = v }),
        RowOf<ServiceConfig>.Word("ptmout", Number(1, 60), x => x.BindingMinutes,
            (x, v) => x with { BindingMinutes = v }),
        RowOf<ServiceConfig>.Word("pmask", MaskBits, x => x.BindingBits,
            (x, v) => x with { BindingBits = v }),
        RowOf<ServiceConfig>.Word("tmout", Number(0, 32_768), x => x.TimeoutMinutes,
            (x, v) => x with { TimeoutMinutes = v }),
        RowOf<ServiceConfig>.Word("thash", ValueKinds.HashInput, x => x.HashInput,
            (x, v) => x with { HashInput = v }),
        RowOf<ServiceConfig>.Word("clsrst", Toggle, x => x.ResetOnClose,
            (x, v) => x with { ResetOnClose = v }),
    ];

    public static IReadOnlyList<WordRow> Port { get; } =
    [
        RowOf<PortConfig>.Word("intf", InterfaceName, x => x.Interface,
            (x, v) => x with { Interface = v }),
        RowOf<PortConfig>.Word("cpu", OptionalNumber(0, 1023, "any"), x => x.Cpu,
            (x, v) => x with { Cpu = v }),
        RowOf<PortConfig>.Word("loops", Number(1, 16), x => x.Loops,
            (x, v) => x with { Loops = v }),
        RowOf<PortConfig>.Word("client", Toggle, x => x.Client, (x, v) => x with { Client = v }),
        RowOf<PortConfig>.Word("server", Toggle, x => x.Server, (x, v) => x with { Server = v }),
    ];

    public static IReadOnlyList<WordRow> Interface { get; } =
    [
        RowOf<InterfaceConfig>.Word("addr", AddressWithMask, x => x.Address,
            (x, v) => x with { Address = v }),
        RowOf<InterfaceConfig>.Word("mask", MaskBits, x => x.MaskBits,
            (x, v) => x with { MaskBits = v }, format: MaskText.Format),
        RowOf<InterfaceConfig>.Word("vlan", Number(0, 4094), x => x.Vlan,
            (x, v) => x with { Vlan = v }),
        RowOf<InterfaceConfig>.Enabled(x => x.Enabled, (x, v) => x with { Enabled = v }),
    ];

    public static IReadOnlyList<WordRow> Gateway { get; } =
    [
        RowOf<GatewayConfig>.Word("addr", Address, x => x.Address,
            (x, v) => x with { Address = v }),
        RowOf<GatewayConfig>.Enabled(x => x.Enabled, (x, v) => x with { Enabled = v }),
    ];

    public static IReadOnlyList<WordRow> Advanced { get; } =
    [
        RowOf<AdvancedConfig>.Word("direct", Toggle, x => x.DirectAccess,
            (x, v) => x with { DirectAccess = v }),
        RowOf<AdvancedConfig>.Word("grace", Toggle, x => x.Grace,
            (x, v) => x with { Grace = v }),
        RowOf<AdvancedConfig>.Word("fastage", Number(0, 7), x => x.FastAge,
            (x, v) => x with { FastAge = v }),
        RowOf<AdvancedConfig>.Word("slowage", Number(0, 14), x => x.SlowAge,
            (x, v) => x with { SlowAge = v }),
        RowOf<AdvancedConfig>.Word("profile", Profile, x => x.Profile,
            (x, v) => x with { Profile = v }),
    ];

    public static IReadOnlyList<WordRow> System { get; } =
    [
        RowOf<SystemConfig>.Word("name", Name, x => x.Name, (x, v) => x with { Name = v }),
        RowOf<SystemConfig>.Word("mac", ValueKinds.SwitchMac, x => x.Mac,
            (x, v) => x with { Mac = v }),
        RowOf<SystemConfig>.Word("web", WebAddress, x => x.Web,
            (x, v) => x with { Web = v }),
        RowOf<SystemConfig>.Word("sessions", Number(1, 67_108_864), x => x.Sessions,
            (x, v) => x with { Sessions = v }),
    ];

    public static IReadOnlyList<WordRow> Slb { get; } =
    [
        new FlagRow<SlbSettings>(["on"], ["off"], x => x.On, (_, v) => new SlbSettings(v)),
    ];
}
