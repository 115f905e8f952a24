// Makes random configurations in which every property takes every kind of value it may have.

using PacketSwitch.Control.Config;
using PacketSwitch.Wire;

namespace PacketSwitch.Tests.Control.Config;

internal sealed class RandomConfig(int seed)
{
    private const string NameCharacters = "abcXYZ019 .-_:/#;\"\\'()[]{}*%$&?가나다é";

    private readonly Random _random = new(seed);

    public SwitchConfig Next() => new()
    {
        System = new SystemConfig
        {
            Name = Name(),
            Mac = Maybe(() => Coin() ? SwitchMac.Nic : new SwitchMac(Mac())),
            Web = Coin() ? "" : "127.0.0.1:8080",
            Sessions = _random.Next(1, 67_108_865),
        },
        Advanced = new AdvancedConfig
        {
            DirectAccess = Coin(),
            Grace = Coin(),
            FastAge = _random.Next(8),
            SlowAge = _random.Next(15),
            Profile = Pick<TimerProfile>(),
        },
        Interfaces = [.. Ids(256, Interface)],
        Gateways = [.. Ids(
            255, id => new GatewayConfig(id) { Address = Maybe(Address), Enabled = Coin() })],
        Ports = [.. Ids(255, Port)],
        Reals = [.. Ids(16_384, Real)],
        Groups = [.. Ids(4_096, Group)],
        Virts = [.. Ids(4_096, Virt)],
        SlbOn = Coin(),
    };

    private InterfaceConfig Interface(int id)
    {
        IpAddress? address = Maybe(Address);
        int longest = address is { IsV6: false } ? 32 : 128;
        return new InterfaceConfig(id)
        {
            Address = address,
            MaskBits = Maybe(() => _random.Next(longest + 1)),
            Vlan = _random.Next(4095),
            Enabled = Coin(),
        };
    }

    private PortConfig Port(int id) => new(id)
    {
        Interface = Coin() ? "" : $"eth{_random.Next(100)}.{_random.Next(4095)}",
        Cpu = Maybe(() => _random.Next(1024)),
        Client = Coin(),
        Server = Coin(),
    };

    private RealConfig Real(int id) => new(id)
    {
        Name = Name(),
        Address = Maybe(Address),
        Mac = Maybe(Mac),
        Weight = _random.Next(257),
        MaxConnections = _random.Next(200_001),
        TimeoutMinutes = _random.Next(2, 32_769),
        Backup = Maybe(() => new BackupReference(false, _random.Next(1, 16_385))),
        Preempt = Coin(),
        Overflow = Coin(),
        CheckIntervalSeconds = _random.Next(61),
        FailuresToDown = _random.Next(1, 64),
        SuccessesToUp = _random.Next(1, 64),
        Health = Maybe(Pick<HealthCheckKind>),
        Enabled = Coin(),
    };

    private GroupConfig Group(int id) => new(id)
    {
        Name = Name(),
        Members = [.. Enumerable.Range(1, 40).Where(_ => _random.Next(8) == 0)],
        Metric = Pick<GroupMetric>(),
        Health = Pick<HealthCheckKind>(),
        Content = Coin() ? "/" : "/" + Name(),
        Backup = Maybe(() => new BackupReference(Coin(), _random.Next(1, 4_097))),
        SlowStartSeconds = _random.Next(601),
        SourceBits = Coin() ? 24 : 32,
        RealThreshold = _random.Next(16),
        CheckThroughVip = Coin(),
        PassiveChecks = Coin(),
    };

    private VirtConfig Virt(int id) => new(id)
    {
        Name = Name(),
        Address = Maybe(Address),
        AnyPort = Coin(),
        ResetWrongPort = Coin(),
        Enabled = Coin(),
        Services = [.. Ids(65_535, port => Service(id, port))],
    };

    private ServiceConfig Service(int virt, int port) => new(virt, port)
    {
        Name = Coin() ? "https" : ServiceNames.NameOf(port),
        Group = _random.Next(1, 4_097),
        RealPort = _random.Next(65_536),
        Protocol = Pick<ServiceProtocol>(),
        DirectServerReturn = Coin(),
        ProxyAddresses = [.. Enumerable.Range(0, _random.Next(4))
            .Select(_ => Address()).Distinct()],
        Binding = Pick<ClientBinding>(),
        BindingMinutes = _random.Next(1, 61),
        BindingBits = Maybe(() => _random.Next(129)),
        TimeoutMinutes = _random.Next(32_769),
        HashInput = Pick<HashInput>(),
        ResetOnClose = Coin(),
    };

    private IEnumerable<T> Ids<T>(int most, Func<int, T> make)
    {
        int count = _random.Next(5);
        return Enumerable.Range(0, count).Select(_ => _random.Next(1, most + 1)).Distinct().Order()
            .Select(make);
    }

    private bool Coin() => _random.Next(2) == 0;

    private T? Maybe<T>(Func<T> make)
        where T : struct => Coin() ? make() : null;

    private T Pick<T>()
        where T : struct, Enum
    {
        T[] values = Enum.GetValues<T>();
        return values[_random.Next(values.Length)];
    }

    private string Name()
    {
        char[] name = new char[_random.Next(20)];
        for (int index = 0; index < name.Length; index++)
            name[index] = NameCharacters[_random.Next(NameCharacters.Length)];
        return new string(name);
    }

    private IpAddress Address() => Coin()
        ? IpAddress.From(new Ipv4Address((uint)_random.NextInt64(1L << 32)))
        : IpAddress.From(
            new Ipv6Address((ulong)_random.NextInt64(), Coin() ? 0 : (ulong)_random.NextInt64()));

    private MacAddress Mac() => new(0x0200_0000_0000 | (ulong)_random.NextInt64(1L << 32));
}
