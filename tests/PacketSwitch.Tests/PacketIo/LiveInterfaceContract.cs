// What a live port of either backend does when its interface goes down, disappears, is renamed, and
// comes back.

using System.Diagnostics;
using PacketSwitch.DataPlane;
using PacketSwitch.PacketIo;
using Xunit;

namespace PacketSwitch.Tests.PacketIo;

public abstract class LiveInterfaceContract
{
    private const string Name = LivePortHarness.SwitchEnd;

    private protected abstract PortKind Kind { get; }

    /// <summary>A buffer that holds fewer than 500 frames.</summary>
    private protected abstract int SmallBufferBytes { get; }

    [SkippableFact]
    public void An_interface_that_goes_down_is_said_once_and_works_again_when_it_is_up()
    {
        using LivePortHarness harness = Open();

        harness.TryTakeDown();
        harness.Supervise();
        Assert.False(harness.Port.IsUp);
        DrainUntilQuiet(harness);
        harness.BringUp();

        Assert.Equal(
            [
                (PortEventKind.Down,
                    $"port 8: interface {Name} is down; the port works when it is up: "
                        + $"ip link set {Name} up"),
                (PortEventKind.Up, $"port 8: interface {Name} is up"),
            ],
            Lines(harness, exceptNoCarrier: true));
        AssertFramesPass(harness);
    }

    [SkippableFact]
    public void A_lost_carrier_is_said_and_comes_back()
    {
        using LivePortHarness harness = Open();

        harness.Namespace.Ip($"link set {LivePortHarness.PeerEnd} down");
        SuperviseUntil(harness, () => !harness.Port.IsUp);
        harness.Namespace.Ip($"link set {LivePortHarness.PeerEnd} up");
        harness.SuperviseUntilUp();
        harness.RenewPeer();

        Assert.Equal(
            [
                (PortEventKind.Down,
                    $"port 8: interface {Name} has no carrier; check the cable and that the "
                        + "other end is up"),
                (PortEventKind.Up, $"port 8: interface {Name} is up"),
            ],
            Lines(harness, exceptNoCarrier: false));
        AssertFramesPass(harness);
    }

    [SkippableFact]
    public void A_deleted_interface_is_gone_until_one_of_its_name_is_back()
    {
        using LivePortHarness harness = Open();

        harness.Namespace.Ip($"link del {Name}");
        harness.Port.Receive(new FrameBurst());
        harness.Supervise();
        harness.Supervise();

        Assert.False(harness.Port.IsUp);
        Assert.Equal(-1, harness.Port.PollDescriptor);
        FrameDescriptor[] frames = TestFrames.Describe(TestFrames.Make(1));
        Assert.Equal(0, harness.Port.Send(frames));
        Assert.True(frames[0].Failed);
        Assert.Equal(
            [(PortEventKind.Gone,
                $"port 8: interface {Name} is gone; the port works again when it is back: "
                    + "ip -br link")],
            Lines(harness, exceptNoCarrier: true));

        harness.Namespace.AddPair(Name, LivePortHarness.PeerEnd);
        harness.RenewPeer();
        harness.SuperviseUntilUp();

        Assert.Equal($"port 8: interface {Name} is up", harness.Events[^1].Message);
        AssertFramesPass(harness);
    }

    [SkippableFact]
    public void A_renamed_interface_counts_as_gone_until_its_name_is_back()
    {
        using LivePortHarness harness = Open();

        harness.Namespace.Ip($"link set {Name} down");
        harness.Namespace.Ip($"link set {Name} name lan7");
        harness.Namespace.Ip("link set lan7 up");
        harness.Supervise();
        harness.Supervise();

        Assert.False(harness.Port.IsUp);
        Assert.Equal(
            [(PortEventKind.Gone,
                $"port 8: interface {Name} is now called lan7; the port works again when "
                    + $"the name is back: ip link set lan7 name {Name}")],
            Lines(harness, exceptNoCarrier: true));

        harness.Namespace.Ip($"link set lan7 name {Name}");
        harness.SuperviseUntilUp();

        AssertFramesPass(harness);
    }

    [SkippableFact]
    public void An_interface_replaced_between_two_looks_is_opened_anew()
    {
        using LivePortHarness harness = Open();

        harness.Namespace.Ip($"link del {Name}");
        harness.Namespace.AddPair(Name, LivePortHarness.PeerEnd);
        harness.RenewPeer();
        harness.SuperviseUntilUp();

        Assert.Equal(PortEventKind.Gone, harness.Events[0].Kind);
        Assert.Equal(PortEventKind.Up, harness.Events[^1].Kind);
        AssertFramesPass(harness);
    }

    [SkippableFact]
    public void An_interface_that_is_down_at_the_start_is_waited_for()
    {
        using LivePortHarness harness = Open();
        harness.Namespace.Ip("link add w0 type veth peer name w1");
        harness.Namespace.Ip("link set w1 up");

        InterfacePort port = harness.OpenOther(2, "w0");

        Assert.False(port.IsUp);
        Assert.Equal(-1, port.PollDescriptor);
        Assert.Equal(
            "port 2: interface w0 is down; the port works when it is up: ip link set w0 up",
            Assert.Single(harness.Events).Message);

        harness.Namespace.Ip("link set w0 up");
        long nowMs = 1;
        Assert.True(Patience.Until(
            () =>
            {
                harness.Namespace.Run(() => port.Interface.Supervise(nowMs += 2_000));
                return port.IsUp;
            }));
    }

    [SkippableFact]
    public void Drops_of_a_handle_that_was_replaced_still_count()
    {
        using LivePortHarness harness = OpenSmall();
        for (int i = 0; i < 500; i++) harness.Inject(TestFrames.Make(i));
        harness.ReceiveOrCountDropped(500);
        long before = harness.Port.ReadStatistics().KernelDrops;

        harness.Namespace.Ip($"link del {Name}");
        harness.Supervise();

        Assert.True(before > 0);
        Assert.Equal(before, harness.Port.ReadStatistics().KernelDrops);
    }

    [SkippableFact]
    public void A_loop_on_an_interface_that_goes_away_sleeps_and_serves_the_others()
    {
        using LivePortHarness harness = Open();
        harness.Namespace.AddPair("w0", "w1");
        InterfacePort other = harness.OpenOther(2, "w0");
        using var otherPeer = harness.Namespace.Run(() => new WirePeer("w1"));
        var burst = new FrameBurst();
        int received = 0, passes = 0;
        using var loop = new PortLoopThread("loop", () =>
        {
            passes++;
            int count = harness.Port.Receive(burst);
            harness.Port.Release(burst);
            int more = other.Receive(burst);
            for (int i = 0; i < more; i++) received += TestFrames.IsOurs(burst.Frames[i].Span)
                ? 1 : 0;
            other.Release(burst);
            return count + more;
        }, [harness.Port, other], error => Assert.Fail(error.ToString()));
        loop.Start();

        // Nobody supervises here: the loop itself must bear the dead interface.
        harness.Namespace.Ip($"link del {Name}");
        Thread.Sleep(100);
        int passesBefore = Volatile.Read(ref passes);
        Thread.Sleep(500);
        int idlePasses = Volatile.Read(ref passes) - passesBefore;
        for (int i = 0; i < 100; i++) otherPeer.Send(TestFrames.Make(i));

        Assert.True(
            Patience.Until(() => Volatile.Read(ref received) == 100), $"{received} of 100");
        Assert.InRange(idlePasses, 0, 600);
        Assert.True(loop.Stop(Patience.Time));
    }

    [SkippableFact]
    public void The_supervisor_brings_a_port_back_by_itself()
    {
        using NetworkNamespace network = NetworkNamespace.CreateOrSkip();
        if (Kind == PortKind.Pcap) LivePortHarness.SkipWithoutLibPcap();
        network.AddPair(Name, "p1");
        List<PortEvent> events = [];
        using var factory = new PortFactory(happened =>
        {
            lock (events) events.Add(happened);
        });
        IPacketPort port = network.Run(() =>
        {
            Assert.True(factory.TryOpen(Kind, 8, Name, out IPacketPort? opened, out _));
            return opened!;
        });
        using IPacketPort disposed = port;
        Assert.True(Patience.Until(() => port.IsUp));

        network.Ip($"link del {Name}");
        Assert.True(Patience.Until(() => !port.IsUp));
        network.AddPair(Name, "p1");
        Assert.True(Patience.Until(() => port.IsUp));

        // The port is up a moment before that is said.
        Assert.True(Patience.Until(() => Last() == PortEventKind.Up));
        lock (events)
        {
            Assert.Contains(events, happened => happened.Kind == PortEventKind.Gone);
        }

        PortEventKind Last()
        {
            lock (events) return events[^1].Kind;
        }
    }

    [SkippableFact]
    public void Handles_are_replaced_under_loops_that_receive_and_send_without_a_fault()
    {
        using LivePortHarness harness = OpenSmall();
        bool stop = false;
        long passes = 0;
        Thread[] loops = [.. Enumerable.Range(0, 3).Select(number => new Thread(() =>
        {
            var burst = new FrameBurst();
            FrameDescriptor[] frames = TestFrames.Describe(TestFrames.MakeMany(8));
            while (!Volatile.Read(ref stop))
            {
                if (number == 0) harness.Port.Receive(burst);
                else harness.Port.Send(frames);
                harness.Port.ReadStatistics();
                Interlocked.Increment(ref passes);
            }
        }))];
        foreach (Thread loop in loops) loop.Start();

        var clock = Stopwatch.StartNew();
        int replaced = 0;
        while (clock.ElapsedMilliseconds < 2_000 || (replaced < 3 && clock.ElapsedMilliseconds < 60_000))
        {
            harness.Namespace.Ip($"link del {Name}");
            harness.Namespace.AddPair(Name, LivePortHarness.PeerEnd);
            harness.Supervise();
            replaced++;
        }
        Volatile.Write(ref stop, true);
        foreach (Thread loop in loops) loop.Join();
        harness.SuperviseUntilUp();
        harness.RenewPeer();

        Assert.True(replaced >= 3, $"{replaced} replacements, {passes} passes");
        AssertFramesPass(harness);
    }

    private LivePortHarness Open() => new(Kind);

    private LivePortHarness OpenSmall() => new(Kind, bufferBytes: SmallBufferBytes);

    private static void AssertFramesPass(LivePortHarness harness)
    {
        byte[] inbound = TestFrames.Make(100), outbound = TestFrames.Make(200);
        harness.Inject(inbound);
        Assert.Equal(inbound, Assert.Single(harness.ReceiveAll(1)));
        Assert.Equal(1, harness.Port.Send(TestFrames.Describe(outbound)));
        Assert.Equal(outbound, Assert.Single(harness.Collect(1)));
    }

    private static void DrainUntilQuiet(LivePortHarness harness)
    {
        var burst = new FrameBurst();
        for (int i = 0; i < 10; i++) harness.Port.Receive(burst);
    }

    private static void SuperviseUntil(LivePortHarness harness, Func<bool> reached)
    {
        Assert.True(Patience.Until(
            () =>
            {
                harness.Supervise();
                return reached();
            }));
    }

    // The kernel settles the carrier a moment after an interface is enabled, so that line may come
    // between.
    private static IEnumerable<(
        PortEventKind, string)> Lines(LivePortHarness harness, bool exceptNoCarrier) =>
        harness.Events
            .Where(happened => !exceptNoCarrier || !happened.Message.Contains("no carrier"))
            .Select(happened => (happened.Kind, happened.Message));
}
