// The switch's own addresses in the host's stack, on a real kernel in a namespace of its own: what comes to the port, what the stack answers, what
// other traffic sees of it (nothing), and what is left behind (nothing).

using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using PacketSwitch.DataPlane;
using PacketSwitch.PacketIo;
using PacketSwitch.Wire;
using Xunit;

namespace PacketSwitch.Tests.PacketIo;

[Collection(MachineCollection.Name)]
public sealed class HostStackTests : IDisposable
{
    private static readonly MacAddress Mac = MacAddress.Parse("02:00:00:00:00:77");
    private static readonly OwnAddress Own = new(IpAddress.Parse("192.0.2.4"), 24);
    private static readonly OwnAddress Own6 = new(IpAddress.Parse("2001:db8::4"), 64);

    private readonly NetworkNamespace _place = NetworkNamespace.CreateOrSkip();
    private readonly FrameBurst _burst = new();
    private readonly byte[] _frame = new byte[1600];

    [SkippableTheory]
    [InlineData(true, "192.0.2.4", "192.0.2.9")]
    [InlineData(false, "192.0.2.4", "192.0.2.9")]
    [InlineData(true, "2001:db8::4", "2001:db8::9")]
    [InlineData(true, "192.0.2.4", "198.51.100.9")]
    public void What_the_host_sends_from_the_address_comes_to_the_switch(bool mayUseTap, string from, string to)
    {
        using HostStack stack = Open(mayUseTap);

        _place.Run(() =>
        {
            using var socket = new Socket(
                IPAddress.Parse(from).AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            socket.Bind(new IPEndPoint(IPAddress.Parse(from), 0));
            socket.SendTo("hello"u8, new IPEndPoint(IPAddress.Parse(to), 7));
        });

        byte[] frame = Receive(stack, frame => FrameText.Describe(frame).Contains(to, StringComparison.Ordinal));
        Assert.True(EthernetView.TryWrap(frame, out EthernetView ethernet));
        Assert.Equal((Mac, Mac), (ethernet.Source, ethernet.Destination));
        Assert.Contains(from, FrameText.Describe(frame), StringComparison.Ordinal);
    }

    [SkippableTheory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_loop_about_to_sleep_reads_at_once_and_a_busy_one_soon(bool sleeps)
    {
        using HostStack stack = Open(mayUseTap: true);
        while (stack.Port.Receive(_burst) > 0) stack.Port.Release(_burst);
        _place.Run(() =>
        {
            using var socket = new Socket(
                AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            socket.Bind(new IPEndPoint(IPAddress.Parse("192.0.2.4"), 0));
            socket.SendTo("hello"u8, new IPEndPoint(IPAddress.Parse("192.0.2.9"), 7));
        });

        int passes = sleeps && stack.Port.PollDescriptor >= 0 ? 1 : 16;

        Assert.Contains(Enumerable.Range(0, passes), _ => stack.Port.Receive(_burst) > 0);
    }

    [SkippableTheory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_hosts_stack_answers_a_ping_to_the_address(bool mayUseTap)
    {
        using HostStack stack = Open(mayUseTap);
        var addresses = new FrameAddresses<Ipv4Address>
        {
            SourceMac = MacAddress.Parse("02:00:00:00:00:09"),
            DestinationMac = Mac,
            Source = Ipv4Address.Parse("192.0.2.9"),
            Destination = Ipv4Address.Parse("192.0.2.4"),
        };
        int length = FrameWriter.IcmpEchoV4(_frame, addresses, false, 7, 1, [1, 2, 3, 4]);

        Send(stack, length);

        byte[] reply = Receive(stack, frame => EthernetView.TryWrap(frame, out EthernetView ethernet)
            && ethernet.EtherType == EtherTypes.Ipv4 && Ipv4View.TryWrap(ethernet.Payload, out Ipv4View ip)
            && ip.Protocol == IpProtocol.Icmp && ip.Destination.Equals(addresses.Source));
        Assert.True(EthernetView.TryWrap(reply, out EthernetView outer));
        Assert.True(Ipv4View.TryWrap(outer.Payload, out Ipv4View packet) && IcmpView.TryWrap(packet.Payload, out IcmpView echo)
            && echo.Type == IcmpV4Type.EchoReply);
    }

    [SkippableFact]
    public void The_hosts_other_traffic_goes_where_it_went()
    {
        _place.AddPair("lan", "peer");
        _place.Ip("address add 203.0.113.2/24 dev lan");
        _place.Ip("address add 192.0.2.200/24 dev lan");
        _place.Ip("route add default via 203.0.113.1");
        string[] before = [.. Targets.Select(RouteTo)];

        using HostStack stack = Open(mayUseTap: true);

        Assert.Equal(before, Targets.Select(RouteTo));
        Assert.All(before, route => Assert.Contains("dev lan", route, StringComparison.Ordinal));
        Assert.Contains("dev psw0", RouteTo("192.0.2.9 from 192.0.2.4"), StringComparison.Ordinal);
        Assert.Contains("dev psw0", RouteTo("198.51.100.9 from 192.0.2.4"), StringComparison.Ordinal);
    }

    [SkippableTheory]
    [InlineData(true)]
    [InlineData(false)]
    public void At_the_end_nothing_is_left(bool mayUseTap)
    {
        _place.AddPair("port1", "wire1");
        // The kernel notes a moment later that a wire's other end has come up.
        Assert.True(Patience.Until(() => Tell("-br link").Split('\n').Count(
            line => line.Contains(" UP ", StringComparison.Ordinal)) == 2));
        string before = State();

        HostStack stack = Open(mayUseTap, "port1");
        _place.Run(() => stack.MarkFor(7, IpAddress.Parse("192.0.2.9"), IpAddress.Parse("192.0.2.2")));
        Assert.Equal("1", Setting("port1"));
        Assert.NotEqual(before, State());
        _place.Run(stack.Dispose);

        Assert.Equal(before, State());
        Assert.Equal("0", Setting("port1"));
    }

    [SkippableFact]
    public void What_a_killed_switch_has_left_is_replaced()
    {
        _place.Ip("rule add from 192.0.2.99 lookup 20563 priority 20563");
        _place.Ip("rule add fwmark 0x50530007 lookup 0x50530007 priority 20562");
        _place.Ip("link add psw0 type veth peer name psw0s");

        using HostStack stack = Open(mayUseTap: true);

        string rules = Tell("rule");
        Assert.DoesNotContain("192.0.2.99", rules, StringComparison.Ordinal);
        Assert.DoesNotContain("0x50530007", rules, StringComparison.Ordinal);
        Assert.Contains("from 192.0.2.4 lookup 20563", rules, StringComparison.Ordinal);
        Assert.DoesNotContain("psw0s", Tell("link"), StringComparison.Ordinal);
    }

    [SkippableFact]
    public void Two_switches_on_one_host_have_an_interface_each()
    {
        using HostStack first = Open(mayUseTap: true);
        using HostStack second = Open(mayUseTap: true);

        Assert.Equal(("psw0", "psw1"), (first.Name, second.Name));
    }

    [SkippableFact]
    public void Other_addresses_take_the_place_of_the_first()
    {
        using HostStack stack = Open(mayUseTap: true);

        Assert.Null(_place.Run(() => stack.SetAddresses([new OwnAddress(IpAddress.Parse("192.0.2.14"), 24)])));

        Assert.DoesNotContain("192.0.2.4/", Tell("address"), StringComparison.Ordinal);
        Assert.Contains("192.0.2.14/24", Tell("address"), StringComparison.Ordinal);
        Assert.DoesNotContain("from 192.0.2.4 ", Tell("rule"), StringComparison.Ordinal);
        Assert.Equal("192.0.2.14", stack.SourceFor(IpAddress.Parse("198.51.100.1"))!.ToString());
        Assert.Null(stack.SourceFor(IpAddress.Parse("2001:db8::1")));
    }

    [SkippableFact]
    public void A_marked_socket_reaches_one_real_server_at_the_vip()
    {
        using HostStack stack = Open(mayUseTap: true);
        int mark = _place.Run(() => stack.MarkFor(7, IpAddress.Parse("192.0.2.9"), IpAddress.Parse("192.0.2.2")));
        Assert.NotEqual(0, mark);

        _place.Run(() =>
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            socket.SetRawSocketOption(1, 36, BitConverter.GetBytes(mark));
            socket.Bind(new IPEndPoint(IPAddress.Parse("192.0.2.4"), 0));
            socket.SendTo("hello"u8, new IPEndPoint(IPAddress.Parse("192.0.2.2"), 7));
        });

        byte[] frame = Receive(stack, frame => FrameText.Describe(frame).Contains("192.0.2.2", StringComparison.Ordinal));
        Assert.True(EthernetView.TryWrap(frame, out EthernetView ethernet));
        Assert.True(ProbeMac.TryRead(ethernet.Destination, out int real));
        Assert.Equal(7, real);
    }

    public void Dispose() => _place.Dispose();

    private static readonly string[] Targets =
        ["192.0.2.9", "198.51.100.9", "203.0.113.9", "192.0.2.9 from 203.0.113.2"];

    private HostStack Open(bool mayUseTap, params string[] others)
    {
        string? why = null;
        HostStack? stack = _place.Run(() => HostStack.TryOpen(
            Mac, 1500, [Own, Own6], others, _ => { }, out why, mayUseTap));
        Skip.If(stack is null && why!.Contains("/dev/net/tun", StringComparison.Ordinal), why);
        Assert.True(stack is not null, why);
        if (mayUseTap)
        {
            Skip.IfNot(stack!.Port is HostPort, "needs /dev/net/tun");
        }
        Assert.Null(why);
        return stack!;
    }

    private byte[] Receive(HostStack stack, Func<byte[], bool> wanted)
    {
        long began = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(began) < Patience.Time)
        {
            int count = stack.Port.Receive(_burst);
            byte[][] frames = [.. Enumerable.Range(0, count).Select(i => _burst.Frames[i].Span.ToArray())];
            stack.Port.Release(_burst);
            if (Array.Find(frames, frame => wanted(frame)) is { } found)
            {
                return found;
            }
            Thread.Yield();
        }
        throw new TimeoutException("the frame did not come");
    }

    private unsafe void Send(HostStack stack, int length)
    {
        fixed (byte* bytes = _frame)
        {
            FrameDescriptor[] frames = [new() { Address = (nint)bytes, Length = length, WireLength = length }];
            Assert.Equal(1, stack.Port.Send(frames));
        }
    }

    private string RouteTo(string target) => Tell($"route get {target}").Split('\n')[0];

    private string State() => Tell("rule") + Tell("-6 rule") + Tell("-br link") + Tell("route show table all");

    private string Tell(string arguments) => _place.Run(() =>
    {
        using Process ip = Process.Start(new ProcessStartInfo("ip", arguments) { RedirectStandardOutput = true })!;
        string said = ip.StandardOutput.ReadToEnd();
        ip.WaitForExit();
        return said;
    });

    private string Setting(string interfaceName) => _place.Run(
        () => File.ReadAllText($"/proc/sys/net/ipv4/conf/{interfaceName}/arp_ignore").Trim());
}
