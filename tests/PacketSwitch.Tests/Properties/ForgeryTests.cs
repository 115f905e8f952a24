// An attacker who knows every address and port of twenty connections, but not their numbers, sends
// resets, SYNs, SYN-ACKs, data, FINs and ICMP errors from both sides, tens of thousands of them:
// all connections go on, and no frame leaves towards clients with a real server's or a proxy's
// address on it. The seed is printed; PACKETSWITCH_FUZZ_SEED takes another one.

using PacketSwitch.Control.Config;
using PacketSwitch.Tests.DataPlane;
using PacketSwitch.Tests.Scenarios;
using PacketSwitch.Wire;
using Xunit;
using Xunit.Abstractions;

namespace PacketSwitch.Tests.Properties;

public sealed class ForgeryTests(ITestOutputHelper output)
{
    private const int Forgeries = 20_000;
    private const int ExchangeEvery = 100;
    private const int DefaultSeed = 9107;
    private const long StepNs = 200_000_000;

    private const string Configuration = """
        /c/slb/real 1/ena/rip 10.2.0.11/mac 0a:00:0a:02:00:0b
        /c/slb/real 2/ena/rip 10.2.0.12/mac 0a:00:0a:02:00:0c
        /c/slb/real 3/ena/rip 10.2.0.13/mac 0a:00:0a:02:00:0d
        /c/slb/real 4/ena/rip 10.2.0.14/mac 0a:00:0a:02:00:0e
        /c/slb/group 1/health none/add 1/add 2/add 3/add 4
        /c/slb/virt 1/ena/vip 10.1.1.100/service 80/group 1/rport 8080
        /c/slb/virt 2/ena/vip 10.1.1.101/service 80/group 1/rport 8080/pip 10.2.0.200
        /c/slb/port 1/client ena
        /c/slb/port 2/server ena
        /c/slb/on
        """;

    private static readonly string[] Hidden =
        ["10.2.0.11", "10.2.0.12", "10.2.0.13", "10.2.0.14", "10.2.0.200"];
    private static readonly MacAddress Thief = new(0x0a66_6666_6666);

    [Fact]
    public void Twenty_connections_survive_whoever_guesses_and_no_servers_address_leaks()
        => Run<Ipv4Address>(
            Configuration, Hidden, [new(0x0a01_0164), new(0x0a01_0165)],
            i => new Ipv4Address(0x0b00_0001 + i));

    [Fact]
    public void Twenty_connections_of_IPv6_survive_whoever_guesses_and_no_servers_address_leaks()
        => Run<Ipv6Address>(
            string.Join('\n', Configuration.Split('\n').Select(FamilyMap.ConfigLine)),
            [.. Hidden.Select(text => FamilyMap.Address(IpAddress.Parse(text)).ToString())],
            [
                FamilyMap.Address(IpAddress.Parse("10.1.1.100")).V6,
                FamilyMap.Address(IpAddress.Parse("10.1.1.101")).V6,
            ],
            i => new Ipv6Address(0xfd00_0000_0000_0000, 0x0b00_0001 + i));

    private void Run<TAddress>(
        string config, string[] hidden, TAddress[] vips, Func<uint, TAddress> client)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        string? said = Environment.GetEnvironmentVariable("PACKETSWITCH_FUZZ_SEED");
        int seed = int.TryParse(said, out int given) ? given : DefaultSeed;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        ParsedConfig parsed = ConfigChecker.Check(config, "test.cfg", ConfigUse.Replay);
        Assert.False(parsed.HasErrors);
        using var tested = new TestSwitch(parsed.Config);
        var connections = new AttackedConnections<TAddress>(tested, vips, client);
        connections.Establish();

        for (int i = 0; i < Forgeries; i++)
        {
            byte[] forged = Forge(random, connections, out int port);
            tested.Enter(port, forged);
            tested.TakeSent(1);
            foreach (byte[] left in tested.TakeSent(0))
            {
                string? leak = FindLeak(left, hidden);
                Assert.True(leak is null,
                    $"seed {seed}, frame {i}: {leak} left: {Convert.ToHexString(left)}\n"
                    + $"after {Convert.ToHexString(forged)}");
            }
            if (i % ExchangeEvery == 0)
            {
                tested.AdvanceTo(tested.NowNs + StepNs);
                string? failed = connections.Exchange();
                Assert.True(failed is null, $"seed {seed}, frame {i}: {failed}");
            }
        }

        Assert.Equal(AttackedConnections<TAddress>.Count, tested.Tables.SessionCount);
        Assert.Null(tested.FindImbalance());
    }

    private static byte[] Forge<TAddress>(
        Random random, AttackedConnections<TAddress> connections, out int port)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        AttackedConnections<TAddress>.Connection of =
            connections.All[random.Next(connections.All.Count)];
        port = random.Next(3) == 0 ? 1 : 0;
        if (random.Next(4) == 0)
        {
            return IcmpForgery.Make(random, of, fromServer: port == 1);
        }
        uint next = port == 0 ? of.ClientNext : of.ServerNext;
        uint sequence = Outside(random, next);
        // Data and FIN from the server's address would be the server's own: whoever has its address
        // and MAC is the server.
        TcpFlags flags = random.Next(port == 0 ? 7 : 5) switch
        {
            0 => TcpFlags.Syn,
            1 => TcpFlags.Syn | TcpFlags.Ack,
            2 or 3 => TcpFlags.Rst,
            4 => TcpFlags.Rst | TcpFlags.Ack,
            5 => TcpFlags.Fin | TcpFlags.Ack,
            _ => TcpFlags.Ack,
        };
        // By luck in the window, but not at the number awaited (RFC 5961 section 3.2).
        if ((flags & TcpFlags.Rst) != 0 && random.Next(10) == 0)
        {
            sequence = next + 1 + (uint)random.Next(AttackedConnections<TAddress>.Window - 1);
        }
        uint acknowledgement = (uint)random.NextInt64(1L << 32);
        int payload = random.Next(2) * random.Next(100);
        return port == 0
            ? connections.ClientFrame(
                of, flags, sequence, acknowledgement, payload, random.Next(2) == 0 ? Thief : null)
            : connections.ServerFrame(of, flags, sequence, acknowledgement, payload);
    }

    // Half a gigabyte or more away.
    private static uint Outside(Random random, uint next)
        => next + 0x2000_0000 + (uint)random.NextInt64(0xc000_0000L);

    private static string? FindLeak(byte[] frame, string[] hidden)
    {
        FrameFacts facts = FrameReader.Read(frame);
        string[] seen =
        [
            facts.GetValueOrDefault(FrameFacts.Source, ""),
            facts.GetValueOrDefault(FrameFacts.Target, ""),
        ];
        string about = facts.GetValueOrDefault(FrameFacts.About, "");
        return hidden.FirstOrDefault(
            address => seen.Contains(address) || about.Contains($"{address}:")
                || about.Contains($"[{address}]"));
    }
}
