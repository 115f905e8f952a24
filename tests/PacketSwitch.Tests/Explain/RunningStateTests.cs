// Explaining a running switch: the answer is that of the running state (its loads, its sessions,
// its failed servers), and the state is the same, byte for byte, afterwards.

using System.Runtime.InteropServices;
using System.Text;
using PacketSwitch.Control.Config;
using PacketSwitch.Control.Servers;
using PacketSwitch.DataPlane;
using PacketSwitch.Explain;
using PacketSwitch.Tests.Control.Config;
using PacketSwitch.Tests.DataPlane;
using PacketSwitch.Wire;
using Xunit;
using static PacketSwitch.Tests.Explain.CaseFrames;

namespace PacketSwitch.Tests.Explain;

public sealed class RunningStateTests
{
    // Ports are in the order of their numbers: port 1, then port 8.
    private const int ClientPort = 1;

    private const string Text = """
        port 8 / client ena
        port 1 / server ena
        if 1 / addr 192.0.2.4 / mask 24 / ena
        real 1 / name web1 / rip 192.0.2.5 / mac 02:00:00:00:00:05 / ena
        real 2 / name web2 / rip 192.0.2.6 / mac 02:00:00:00:00:06 / ena
        group 1 / health none / add 1 / add 2
        virt 1 / vip 192.0.2.2 / ena
        virt 1/service 80
            group 1
            pbind clientip
        virt 1/service 53
            group 1
            protocol udp
        slb on

        """;

    private readonly SwitchConfig _config = Texts.Read(Text);

    [Fact]
    public void Explaining_leaves_sessions_loads_turns_bindings_and_counters_as_they_were()
    {
        using TestSwitch running = Running();
        byte[] before = Dump(running);

        foreach (string flow in (string[])["tcp 192.0.2.101:40000 192.0.2.2:80",
            "tcp 192.0.2.77:1 192.0.2.2:80", "udp 192.0.2.77:1 192.0.2.2:53",
            "icmp 192.0.2.77 192.0.2.2", "tcp 192.0.2.77:1 192.0.2.5:80",
                "tcp 192.0.2.77:1 198.51.100.1:80", "tcp 198.51.100.1:1 192.0.2.77:80"])
        {
            Assert.NotEqual("", Explain(running, flow).Brief);
        }

        Assert.Equal(before, Dump(running));
    }

    [Fact]
    public void A_new_flow_goes_where_the_running_loads_say_and_the_switch_itself_agrees()
    {
        using TestSwitch running = Running();
        string said = Explain(running, "udp 192.0.2.77:5000 192.0.2.2:53").Brief;

        running.TakeVerdicts();
        running.Enter(ClientPort, Frame("192.0.2.77", 5000));

        ushort real = Assert.Single(running.TakeVerdicts()).Real;
        Assert.Contains($"FORWARDED to real {real}", said);
        Assert.Contains("leastconns 1<=2", said);
    }

    [Fact]
    public void A_flow_to_a_host_that_nobody_has_asked_for_waits_as_it_does_in_the_switch_itself()
    {
        using TestSwitch running = Running();
        Explanation said = Explain(running, "udp 198.51.100.1:6000 192.0.2.77:53");
        Assert.StartsWith("HELD: the switch asks for the MAC of 192.0.2.77, ", said.Verdict);

        running.TakeSent(ClientPort);
        running.Enter(ClientPort, Frame("198.51.100.1", 6000, "192.0.2.77"));

        Assert.Equal(1, running.Counters.Held);
        byte[] asked = Assert.Single(said.Trace.Answers, frame => frame.Port == ClientPort).Bytes;
        Assert.Equal(asked, Assert.Single(running.TakeSent(ClientPort)));
    }

    [Fact]
    public void A_known_connection_is_found_with_its_server()
    {
        using TestSwitch running = Running();
        Explanation known = Explain(running, "tcp 192.0.2.101:40000 192.0.2.2:80");

        Assert.Contains(known.Lines, line => line is { Step: "session", Result: "hit" });
        Assert.Contains("known session", known.Brief);
    }

    [Fact]
    public void A_failed_server_is_skipped_as_it_is_in_the_running_switch()
    {
        using TestSwitch running = Running();
        RunningState state = State(running) with
        {
            Facts = new ServerFacts { Health = RealHealth.AllUp.WithFailed(1, running.NowNs) },
        };

        Explanation answer = state.Explain(Flow("tcp 192.0.2.77:1 192.0.2.2:80"), null);

        Assert.Contains("FORWARDED to real 2", answer.Brief);
        Assert.Contains(
            answer.Lines, line => line.Text.Contains(
                "real 1 (web1) skipped: not in service (failed its checks 0 s ago)"));
    }

    [Fact]
    public void A_bound_client_is_told_that_it_is_bound()
    {
        using TestSwitch running = Running();

        Explanation answer = Explain(running, "tcp 192.0.2.101:40009 192.0.2.2:80");

        Assert.Contains("new session: sticky", answer.Brief);
    }

    [Fact]
    public void A_drained_server_is_said_to_be_drained()
    {
        using TestSwitch running = Running();
        RunningState state = State(running) with
        {
            Facts = new ServerFacts
            {
                Drains = ServerFacts.Initial.Drains.Add(2, DrainMode.NoNew),
            },
        };

        Explanation answer = state.Explain(Flow("udp 192.0.2.77:1 192.0.2.2:53"), null);

        Assert.Contains("FORWARDED to real 1", answer.Brief);
        Assert.Contains(answer.Lines, line => line.Text.Contains(
            "real 2 (web2) skipped: not in service (an operator drains it: no new sessions)"));
    }

    [Fact]
    public void A_server_port_that_another_session_of_the_client_has_is_not_taken_again()
    {
        SwitchConfig config = Texts.Read(Text.Replace("slb on", "adv / direct ena\nslb on"));
        using var running = new TestSwitch(config);
        running.Enter(ClientPort, Frame("192.0.2.101", 7000, "192.0.2.5"));
        RunningState state = State(running) with { Config = config };

        Explanation answer = state.Explain(Flow("udp 192.0.2.101:7000 192.0.2.2:53"), null);

        running.TakeVerdicts();
        running.Enter(ClientPort, Frame("192.0.2.101", 7000));
        ushort real = Assert.Single(running.TakeVerdicts()).Real;
        Assert.Equal(2, real);
        Assert.Contains($"FORWARDED to real {real}", answer.Brief);
    }

    // The loop opens sessions in slots that it gives again all the time; what is read meanwhile
    // belongs together, and the loop loses nothing.
    [Fact]
    public async Task Questions_may_be_asked_while_the_loop_works()
    {
        using TestSwitch running = Running();
        RunningState state = State(running);
        const int Questions = 60;
        int asked = 0;
        const long Hour = 3_600_000_000_000;
        Task loop = Task.Run(() =>
        {
            for (int i = 1; i <= 256 || Volatile.Read(ref asked) < Questions; i++)
            {
                running.Enter(ClientPort, Frame("192.0.2.104", (ushort)(10_000 + (i % 64))));
                running.TakeVerdicts();
                running.TakeSent(0);
                if (i % 64 == 0)
                {
                    running.AdvanceTo(running.NowNs + Hour);
                }
            }
        });

        try
        {
            for (int i = 0; i < Questions; i++)
            {
                Explanation answer = state.Explain(
                    Flow($"udp 192.0.2.104:{10_000 + i} 192.0.2.2:53"), null);
                Assert.Matches("FORWARDED to real [12]", answer.Brief);
                Volatile.Write(ref asked, i + 1);
            }
        }
        finally
        {
            Volatile.Write(ref asked, Questions);
            await loop;
        }

        Assert.Null(running.FindImbalance());
        Assert.True(running.Counters.Ended > 64);
        Assert.Equal(long.MaxValue, running.Tables.Epochs.Reusable());
    }

    // Three sessions: a TCP connection of a bound client, and two of UDP.
    private TestSwitch Running()
    {
        var running = new TestSwitch(_config);
        running.Enter(ClientPort, Tcp());
        running.Enter(ClientPort, Frame("192.0.2.102", 6000));
        running.Enter(ClientPort, Frame("192.0.2.103", 6001));
        Assert.Equal(3, running.Tables.SessionCount);
        return running;
    }

    private static byte[] Frame(string client, ushort port, string to = Vip)
    {
        byte[] frame = new byte[256];
        int length = FrameWriter.Udp(frame, new FrameAddresses<Ipv4Address>
        {
            SourceMac = ClientMac,
            DestinationMac = Switch,
            Source = Ipv4Address.Parse(client),
            Destination = Ipv4Address.Parse(to),
            SourcePort = port,
            DestinationPort = 53,
        }, "x"u8);
        return frame[..length];
    }

    private RunningState State(TestSwitch running)
        => new(_config, ServerFacts.Initial, running.Snapshot, running.Tables, running.NowNs,
            running.Tables.Epochs.Register());

    private Explanation Explain(TestSwitch running, string flow)
        => State(running).Explain(Flow(flow), null);

    private static DescribedFlow Flow(string text)
    {
        string[] words = text.Split(' ');
        return DescribedFlow.TryParse(words[0], words[1], words[2], out string? problem)
            ?? throw new InvalidOperationException(problem);
    }

    // Everything that a frame could have changed.
    private static byte[] Dump(TestSwitch running)
    {
        var dump = new List<byte>();
        SessionTable<Ipv4Address> table = running.Tables.Sessions4;
        for (int session = 0; session < table.Used; session++)
        {
            dump.AddRange(MemoryMarshal.AsBytes(
                new ReadOnlySpan<FlowEntry<Ipv4Address>>(ref table.Entry(session * 2))));
            dump.AddRange(MemoryMarshal.AsBytes(
                new ReadOnlySpan<FlowEntry<Ipv4Address>>(ref table.Entry((session * 2) + 1))));
            dump.AddRange(
                MemoryMarshal.AsBytes(new ReadOnlySpan<SessionState>(ref table.State(session))));
        }
        RealLoads loads = running.Tables.Loads;
        LoopCounters counters = running.Counters;
        dump.AddRange(Encoding.UTF8.GetBytes(string.Join(',', Enumerable.Range(0, 10).Select(
            real => $"{loads.Current(real)}/{loads.Total(real)}/{loads.Highest(real)}/"
                    + $"{counters.Reals[real].PacketsTo}"))));
        dump.AddRange(MemoryMarshal.AsBytes(counters.Dropped.AsSpan()));
        dump.AddRange(Encoding.UTF8.GetBytes(
            $"{table.Used} {running.Tables.SessionCount} {counters.Received} "
            + $"{counters.Transmitted} {counters.Punted} {counters.Held} "
            + $"{counters.Originated} {counters.Opened} {counters.Ended} {counters.Evicted} "
            + $"{running.Snapshot.Version}"));
        return [.. dump];
    }
}
