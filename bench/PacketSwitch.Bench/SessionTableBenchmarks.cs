// The session table alone: finding, missing, opening and ending, with keys in random order and without the prefetching of a burst.

using BenchmarkDotNet.Attributes;
using PacketSwitch.DataPlane;
using PacketSwitch.Wire;

namespace PacketSwitch.Bench;

/// <summary>Operations on a table that holds <see cref="Sessions"/> sessions.</summary>
[MemoryDiagnoser]
public class SessionTableBenchmarks
{
    private const int Lookups = 1024;

    private readonly EpochDomain _epochs = new();
    private readonly SessionTable<Ipv4Address>.LimboList _limbo = new();
    private SessionTable<Ipv4Address> _table = null!;
    private FlowKey<Ipv4Address>[] _known = null!;
    private FlowKey<Ipv4Address>[] _unknown = null!;
    private int _next;

    [Params(1 << 10, 1 << 20)]
    public int Sessions { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _table = new SessionTable<Ipv4Address>(Sessions + 1, 1, _epochs);
        _known = Keys(0);
        _unknown = Keys(Sessions);
        foreach (FlowKey<Ipv4Address> key in _known)
        {
            Open(key);
        }
        new Random(1).Shuffle(_known);
    }

    [GlobalCleanup]
    public void Cleanup() => _table.Dispose();

    [Benchmark(OperationsPerInvoke = Lookups)]
    public int Find() => FindAll(_known);

    [Benchmark(OperationsPerInvoke = Lookups)]
    public int Miss() => FindAll(_unknown);

    [Benchmark]
    public bool OpenAndEnd()
    {
        int session = Open(_unknown[Advance(1)]);
        bool ended = _table.TryEnd(session);
        _table.Retire(session, _limbo);
        _table.Reclaim(_limbo, 1);
        return ended;
    }

    private int FindAll(FlowKey<Ipv4Address>[] keys)
    {
        int start = Advance(Lookups);
        int found = 0;
        for (int i = start; i < start + Lookups; i++)
        {
            ulong hash = _table.Hash(ref keys[i]);
            found += _table.Find(ref keys[i], hash, _table.Guess(hash));
        }
        return found;
    }

    private int Advance(int count)
    {
        int start = _next + count <= Sessions ? _next : 0;
        _next = start + count;
        return start;
    }

    private int Open(FlowKey<Ipv4Address> key)
    {
        int session = _table.Allocate();
        ref FlowEntry<Ipv4Address> client = ref _table.Entry(session * 2);
        client.Key = key;
        RewritePlans.ForNat(
            ref client, ref _table.Entry((session * 2) + 1), key.Source, key.SourcePort, new Ipv4Address(0xc633_6401), 8080, 0);
        return _table.Publish(session, _limbo) == SessionOpening.Opened
            ? session : throw new InvalidOperationException("the session could not be opened");
    }

    private FlowKey<Ipv4Address>[] Keys(int first)
    {
        var keys = new FlowKey<Ipv4Address>[Sessions];
        for (int i = 0; i < keys.Length; i++)
        {
            keys[i] = new FlowKey<Ipv4Address>
            {
                Source = new Ipv4Address(0x0a00_0001 + (uint)(first + i)),
                Destination = new Ipv4Address(0xc000_0202),
                SourcePort = 40_000,
                DestinationPort = 80,
                Protocol = IpProtocol.Tcp,
                Side = FlowSide.Client,
            };
        }
        return keys;
    }
}
