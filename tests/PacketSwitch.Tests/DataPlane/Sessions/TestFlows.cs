// Keys and sessions by number, for tests of either address family. Everything of a session can be computed from its number, so that a
// test can tell whether what it found belongs to the key it looked for.

using PacketSwitch.DataPlane;
using PacketSwitch.Wire;

namespace PacketSwitch.Tests.DataPlane.Sessions;

internal static class TestFlows
{
    public const uint Vip = 0xc000_0202;
    public const uint FirstReal = 0xc633_6401;
    public const ushort VirtualPort = 80;
    public const ushort RealPort = 8080;

    /// <summary>192.0.2.2, or 2001:db8::192.0.2.2.</summary>
    public static TAddress Address<TAddress>(uint number) where TAddress : unmanaged, IIpAddress<TAddress>
    {
        Span<byte> bytes = stackalloc byte[16];
        if (TAddress.IsV6)
        {
            new Ipv6Address(0x2001_0db8_0000_0000, number).Write(bytes);
        }
        else
        {
            new Ipv4Address(number).Write(bytes);
        }
        return TAddress.Read(bytes);
    }

    /// <summary>The client-side key of flow <paramref name="number"/>.</summary>
    public static FlowKey<TAddress> ClientKey<TAddress>(int number, uint vip = Vip)
        where TAddress : unmanaged, IIpAddress<TAddress> => new()
        {
            Source = Address<TAddress>(0x0a00_0000 + (uint)(number >> 8)),
            Destination = Address<TAddress>(vip),
            SourcePort = (ushort)(20_000 + (number & 0xff)),
            DestinationPort = VirtualPort,
            Protocol = IpProtocol.Tcp,
            Side = FlowSide.Client,
        };

    /// <summary>The key of the answers to <paramref name="client"/> that a real server sends.</summary>
    public static FlowKey<TAddress> ServerKey<TAddress>(FlowKey<TAddress> client, int real)
        where TAddress : unmanaged, IIpAddress<TAddress> => new()
        {
            Source = Address<TAddress>(FirstReal + (uint)real),
            Destination = client.Source,
            SourcePort = RealPort,
            DestinationPort = client.SourcePort,
            Protocol = client.Protocol,
            Side = FlowSide.Server,
        };

    /// <summary>Writes both directions of a session, NAT to a real server.</summary>
    public static void Fill<TAddress>(
        SessionTable<TAddress> table, int session, FlowKey<TAddress> key, int real,
        SessionFlags flags = SessionFlags.None)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        table.State(session) = new SessionState
        {
            Phase = (int)SessionPhase.Opening,
            Real = (ushort)real,
            Flags = flags,
            TimeoutTicks = Ticks.FromSeconds(10),
        };
        ref FlowEntry<TAddress> client = ref table.Entry(session * 2);
        ref FlowEntry<TAddress> server = ref table.Entry((session * 2) + 1);
        client = default;
        server = default;
        client.Key = key;
        RewritePlans.ForNat(
            ref client, ref server, key.Source, key.SourcePort,
            Address<TAddress>(FirstReal + (uint)real), RealPort, 0);
    }

    /// <summary>Opens a session; -1 when that fails.</summary>
    public static int Open<TAddress>(
        SessionTable<TAddress> table, SessionTable<TAddress>.LimboList limbo, FlowKey<TAddress> key, int real = 0)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        int session = table.Allocate();
        if (session < 0)
        {
            return -1;
        }
        Fill(table, session, key, real);
        SessionOpening opening = table.Publish(session, limbo);
        if (opening == SessionOpening.ServerKeyExists)
        {
            table.Return(session);
        }
        return opening == SessionOpening.Opened ? session : -1;
    }

    /// <summary>Looks a key up as a loop does: guess, then find.</summary>
    public static int Find<TAddress>(SessionTable<TAddress> table, FlowKey<TAddress> key)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        ulong hash = table.Hash(ref key);
        int guessed = table.Find(ref key, hash, table.Guess(hash));
        int found = table.Find(ref key, hash);
        Xunit.Assert.Equal(found, guessed);
        return found;
    }
}
