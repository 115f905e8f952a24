// The invariant of the scheduler: at any time, the sessions counted at each real server are those
// in the tables, and the proxy ports taken are those of sessions. Held under whatever happens:
// clients and servers send, servers fail and come back, operators drain and apply, time goes by,
// the table is too small. The seed is printed; PACKETSWITCH_FUZZ_SEED takes another one.

using System.Buffers.Binary;
using System.Text;
using PacketSwitch.Control.Config;
using PacketSwitch.Control.Servers;
using PacketSwitch.DataPlane;
using PacketSwitch.Tests.DataPlane;
using PacketSwitch.Tests.Scenarios;
using PacketSwitch.Wire;
using Xunit;
using Xunit.Abstractions;

namespace PacketSwitch.Tests.Properties;

public sealed class SessionCountTests(ITestOutputHelper output)
{
    private const int Steps = 3_000;
    private const int DefaultSeed = 4242;
    private const int Reals = 6;
    private const int Clients = 40;
    private const int MostPools = 256;
    private const long Second = 1_000_000_000;

    private static readonly int[] ServicePorts = [80, 81, 82, 53, 8000];

    [Theory]
    [InlineData(4)]
    [InlineData(6)]
    public void Sessions_of_the_real_servers_are_those_of_the_tables_whatever_happens(int ipVersion)
    {
        string? said = Environment.GetEnvironmentVariable("PACKETSWITCH_FUZZ_SEED");
        int seed = int.TryParse(said, out int given) ? given : DefaultSeed;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        bool isV6 = ipVersion == 6;
        using var tested = new TestSwitch(RandomConfiguration(random, isV6));
        var hosts = new ScenarioHosts(RandomConfiguration(new Random(seed), isV6), tested.Mac);
        var builder = new FrameBuilder(hosts);
        var requests = new List<byte[]>();

        for (int step = 0; step < Steps; step++)
        {
            string what = Step(random, tested, hosts, builder, requests, isV6);
            string? fault = tested.FindImbalance() ?? FindLostPort(tested);
            Assert.True(fault is null, $"seed {seed}, step {step}, {what}: {fault}");
        }

        LoopCounters counters = tested.Counters;
        output.WriteLine($"{counters.Opened} opened, {counters.Ended} ended, "
            + $"{counters.Evicted} evicted, {counters.DroppedTotal} dropped");
        Assert.True(
            counters.Opened > Steps / 20, $"{counters.Opened} sessions: the steps miss their aim");
        Assert.True(counters.Evicted > 0, "the table was never full");
        tested.AdvanceTo(tested.NowNs + (3600 * Second));
        Assert.Equal(0, tested.Tables.SessionCount);
        Assert.Null(FindLostPort(tested));
    }

    private static string Step(
        Random random, TestSwitch tested, ScenarioHosts hosts, FrameBuilder builder,
        List<byte[]> requests, bool isV6)
    {
        int real = random.Next(1, Reals + 1);
        RealHealth health = tested.Control.Facts.Health;
        string what;
        switch (random.Next(40))
        {
            case 0:
                what = $"real {real} failed";
                tested.Control.SetHealth(health.WithFailed(real, tested.NowNs));
                break;
            case 1 or 2:
                what = $"real {real} up";
                tested.Control.SetHealth(health.WithUp(real, tested.NowNs));
                break;
            case 3:
                DrainMode mode = (DrainMode)random.Next(3);
                what = $"drain {real} {mode}";
                tested.Control.SetDrain(real, mode);
                break;
            case 4:
                what = "apply";
                tested.Control.Apply(RandomConfiguration(random, isV6));
                break;
            case 5:
                long seconds = random.Next(40);
                what = $"after {seconds}s";
                tested.AdvanceTo(tested.NowNs + (seconds * Second));
                break;
            case < 15 when requests.Count > 0:
                what = "a server answers";
                tested.Enter(1, Answer(random, requests[random.Next(requests.Count)], isV6));
                break;
            default:
                what = ClientLine(random);
                FrameLine line = FrameLine.Parse(isV6 ? FamilyMap.Line(what) : what, hosts);
                tested.Enter(0, builder.Build(line.Facts, out _));
                break;
        }
        tested.Settle();
        tested.TakeSent(0);
        requests.AddRange(tested.TakeSent(1));
        requests.RemoveRange(0, Math.Max(0, requests.Count - Clients));
        return what;
    }

    private static string ClientLine(Random random)
    {
        string client = $"10.0.0.{random.Next(1, Clients)}:{random.Next(1025, 1029)}";
        string service =
            $"10.1.1.{random.Next(100, 102)}:{ServicePorts[random.Next(ServicePorts.Length)]}";
        string[] kinds =
        [
            "tcp S seq 1000", "tcp S seq 1000", "tcp S seq 1000", "tcp A seq 1001 ack 5001",
            "tcp FA seq 1001 ack 5001", "tcp R seq 1001", "udp", "udp",
        ];
        return $"client > {client} > {service} {kinds[random.Next(kinds.Length)]}";
    }

    // What a real server that knows its part would say to what it got: with ports and addresses the
    // other way round.
    private static byte[] Answer(Random random, byte[] request, bool isV6)
    {
        byte[] answer = [.. request];
        int length = isV6 ? 16 : 4;
        int addresses = isV6 ? 22 : 26;
        request.AsSpan(0, 6).CopyTo(answer.AsSpan(6));
        request.AsSpan(6, 6).CopyTo(answer);
        request.AsSpan(addresses, length).CopyTo(answer.AsSpan(addresses + length));
        request.AsSpan(addresses + length, length).CopyTo(answer.AsSpan(addresses));
        int ports = addresses + (2 * length);
        request.AsSpan(ports, 2).CopyTo(answer.AsSpan(ports + 2));
        request.AsSpan(ports + 2, 2).CopyTo(answer.AsSpan(ports));
        if (request[isV6 ? 20 : 23] == IpProtocol.Tcp)
        {
            uint asked = BinaryPrimitives.ReadUInt32BigEndian(request.AsSpan(ports + 4));
            BinaryPrimitives.WriteUInt32BigEndian(answer.AsSpan(ports + 4), 5000);
            BinaryPrimitives.WriteUInt32BigEndian(answer.AsSpan(ports + 8), asked + 1);
            answer[ports + 13] = (byte)(random.Next(4) switch
            {
                0 => TcpFlags.Rst | TcpFlags.Ack,
                1 => TcpFlags.Fin | TcpFlags.Ack,
                _ => TcpFlags.Syn | TcpFlags.Ack,
            });
            FrameChecksums.TryCompleteTransport(answer);
        }
        return answer;
    }

    // Half NAT, full NAT for both protocols, direct return, every port, bound clients, backups,
    // small limits.
    private static SwitchConfig RandomConfiguration(Random random, bool isV6)
    {
        string[] metrics = MetricCatalog.Names.ToArray();
        var text = new StringBuilder("/c/sys/sessions 32\n/c/slb/on\n")
            .Append("/c/slb/port 1/client ena\n/c/slb/port 2/server ena\n");
        for (int real = 1; real <= Reals; real++)
        {
            string state = random.Next(8) == 0 ? "dis" : "ena";
            text.Append($"/c/slb/real {real}/rip 10.2.0.{10 + real}")
                .Append($"/mac 0a:00:0a:02:00:{10 + real:x2}/{state}")
                .Append($"/weight {random.Next(4)}/maxcon {random.Next(3) * 8}")
                .Append($"/tmout {random.Next(2, 4)}")
                .Append(random.Next(3) == 0 ? $"/backup r{1 + (real % Reals)}\n" : "\n");
        }
        for (int group = 1; group <= 3; group++)
        {
            string metric = metrics[random.Next(metrics.Length)];
            text.Append($"/c/slb/group {group}/health none/metric {metric}")
                .Append(random.Next(3) == 0 ? $"/backup g{1 + (group % 3)}" : "")
                .Append($"/slowstr {random.Next(2) * 30}");
            for (int real = 1; real <= Reals; real++)
            {
                text.Append(random.Next(2) == 0 ? $"/add {real}" : "");
            }
            text.Append('\n');
        }
        string bound = random.Next(2) == 0 ? "/pbind clientip" : "";
        string reset = random.Next(2) == 0 ? "/clsrst dis" : "";
        text.Append("/c/slb/virt 1/ena/vip 10.1.1.100\n")
            .Append($"/c/slb/virt 1/service 80/group 1/rport 8080/protocol both{bound}{reset}\n")
            .Append("/c/slb/virt 1/service 81/group 2/pip 10.2.0.200 10.2.0.201/protocol both\n")
            .Append("/c/slb/virt 1/service 82/group 3/nonat ena/protocol both\n")
            .Append($"/c/slb/virt 2/ena/vip 10.1.1.101/layr3 {Toggle(random, 2)}\n")
            .Append("/c/slb/virt 2/service 53/group 2/protocol udp\n")
            .Append("/c/slb/virt 2/service 80/group 1\n")
            .Append($"/c/slb/adv/grace {Toggle(random, 2)}/direct {Toggle(random, 4)}\n");
        string read = isV6
            ? string.Join('\n', text.ToString().Split('\n').Select(FamilyMap.ConfigLine))
            : text.ToString();
        ParsedConfig parsed = ConfigChecker.Check(read, "random.cfg", ConfigUse.Replay);
        Assert.Empty(parsed.Problems.Where(p => p.IsError).Select(ProblemText.Render));
        return parsed.Config;
    }

    private static string Toggle(Random random, int oneIn)
        => random.Next(oneIn) == 0 ? "ena" : "dis";

    private static string? FindLostPort(TestSwitch tested)
    {
        int[] used = new int[MostPools];
        CountPorts(tested.Tables.Sessions4, used);
        CountPorts(tested.Tables.Sessions6, used);
        for (int number = 1; number <= tested.Tables.PortPools.Count; number++)
        {
            int taken = tested.Tables.PortPools[number].Count;
            if (taken != used[number])
            {
                return $"pool {number} has {taken} ports taken, sessions use {used[number]}";
            }
        }
        return null;
    }

    private static void CountPorts<TAddress>(SessionTable<TAddress> table, int[] used)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        for (int session = 0; session < table.Used; session++)
        {
            ref SessionState state = ref table.State(session);
            if (state.Phase == (int)SessionPhase.Live)
            {
                used[state.PortPool]++;
            }
        }
    }
}
