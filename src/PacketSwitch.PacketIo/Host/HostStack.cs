// The switch's own addresses in the host's TCP/IP stack. An interface `pswN` with the switch's MAC and without ARP: whatever the host sends from
// one of these addresses comes to the switch, which routes it as it routes for others; what comes for them goes to the host. The addresses have a
// routing table of their own and a rule each, so that nothing else of the host's traffic comes here. Made by whoever composes the switch; used by
// one thread at a time.
//
// Where TAP devices are not permitted a pair of virtual interfaces does the same. It outlives a killed process; the next one with the
// same number removes it. The number is taken by a socket name that the kernel frees with the process.

using System.Net;
using System.Net.Sockets;
using PacketSwitch.DataPlane;
using PacketSwitch.Wire;

namespace PacketSwitch.PacketIo;

/// <summary>An interface of the host that is a port of the switch.</summary>
public sealed class HostStack : IDisposable
{
    private const int MostStacks = 64;
    private const uint FirstTable = 20_563;
    private const uint FirstProbeTable = 0x5053_0000;
    private const int ProbePriority = 20_562, Priority = 20_563;
    private const int ProbeReals = 1 << 14;

    private readonly Socket _place;
    private readonly int _number;
    private readonly string _name;
    private readonly HostNetlink _netlink = new();
    private readonly HostSettings _settings = new();
    private readonly Dictionary<(int Real, IpAddress Vip), int> _marks = [];
    private readonly Lock _gate = new();
    private int _index;
    private bool _isPair;
    private PortSupervisor? _supervisor;
    private OwnAddress[] _addresses = [];

    private HostStack(Socket place, int number)
    {
        _place = place;
        _number = number;
        _name = $"psw{number}";
    }

    /// <summary>The port that the switch serves.</summary>
    public IPacketPort Port { get; private set; } = null!;

    /// <summary>The interface's name.</summary>
    public string Name => _name;

    private uint Table => FirstTable + (uint)_number;

    /// <summary>Makes the interface; null, with one line that says why, where that is not permitted.</summary>
    /// <param name="mac">The switch's MAC.</param>
    /// <param name="mtu">The longest packet.</param>
    /// <param name="addresses">The switch's own addresses.</param>
    /// <param name="otherInterfaces">Interfaces that must not answer ARP for them.</param>
    /// <param name="report">Gets what happens to the port.</param>
    /// <param name="why">Why it cannot be made.</param>
    public static HostStack? TryOpen(
        MacAddress mac, int mtu, IReadOnlyList<OwnAddress> addresses, IEnumerable<string> otherInterfaces,
        Action<PortEvent> report, out string? why)
        => TryOpen(mac, mtu, addresses, otherInterfaces, report, out why, mayUseTap: true);

    /// <summary>As above; a pair of virtual interfaces when TAP must not be used.</summary>
    internal static HostStack? TryOpen(
        MacAddress mac, int mtu, IReadOnlyList<OwnAddress> addresses, IEnumerable<string> otherInterfaces,
        Action<PortEvent> report, out string? why, bool mayUseTap)
    {
        HostStack? stack = TakePlace();
        why = stack is null ? $"{MostStacks} switches run here already" : null;
        if (stack is null)
        {
            return null;
        }
        stack.RemoveLeftovers();
        if (!stack.TryMakePort(mac, mtu, report, mayUseTap, out why))
        {
            stack.Dispose();
            return null;
        }
        foreach (string other in otherInterfaces)
        {
            stack._settings.AnswerOnlyForOwn(other);
        }
        stack._settings.Silence(stack._name, addresses.Any(own => own.Address.IsV6));
        int error = stack._netlink.SetUp(stack._index, mac, mtu);
        if (error != 0)
        {
            why = $"interface {stack._name} cannot be set up: {Text(error)}";
            stack.Dispose();
            return null;
        }
        why = stack.SetAddresses(addresses);
        return stack;
    }

    /// <summary>These are the addresses from now on; a line when one cannot be set.</summary>
    public string? SetAddresses(IReadOnlyList<OwnAddress> addresses)
    {
        string? problem = null;
        foreach (OwnAddress old in _addresses.Except(addresses).ToArray())
        {
            _netlink.ChangeAddress(_index, old, isAdded: false);
        }
        _netlink.RemoveRules(Table);
        foreach (OwnAddress own in addresses)
        {
            bool isV6 = own.Address.IsV6;
            int error = _addresses.Contains(own) ? 0 : _netlink.ChangeAddress(_index, own, isAdded: true);
            error = error != 0 ? error : _netlink.AddRoute(_index, Table, isV6, null, null);
            error = error != 0 ? error : _netlink.AddRule(Table, Priority, isV6, own.Address, 0);
            if (error != 0)
            {
                problem ??= $"the address {own.Address} cannot be given to interface {_name}: {Text(error)}";
            }
        }
        Volatile.Write(ref _addresses, [.. addresses]);
        return problem;
    }

    /// <summary>The own address from which a server is asked: that in its network, else the first of its family; null when none is.</summary>
    public IPAddress? SourceFor(IpAddress server)
    {
        OwnAddress[] own = Volatile.Read(ref _addresses);
        OwnAddress? found = null;
        foreach (OwnAddress candidate in own.Where(candidate => candidate.Address.IsV6 == server.IsV6))
        {
            found ??= candidate;
            if (server.IsInNetwork(candidate.Address, candidate.PrefixLength))
            {
                found = candidate;
                break;
            }
        }
        return found is { } chosen ? IPAddress.Parse(chosen.Address.ToString()) : null;
    }

    /// <summary>
    /// The mark of sockets whose packets to a VIP go to one real server: by a table of its own, over a next hop whose MAC tells the data plane
    /// the server's number. 0 when it cannot be made. Called on any thread.
    /// </summary>
    public int MarkFor(int real, IpAddress rip, IpAddress vip)
    {
        lock (_gate)
        {
            if (_marks.TryGetValue((real, vip), out int known))
            {
                return known;
            }
            uint table = FirstProbeTable + ((uint)_number * ProbeReals) + (uint)real;
            int error = _netlink.AddNeighbor(_index, rip, ProbeMac.Of(real));
            error = error != 0 ? error : _netlink.AddRoute(_index, table, vip.IsV6, vip, rip);
            if (error == 0 && !_marks.Keys.Any(key => key.Real == real && key.Vip.IsV6 == vip.IsV6))
            {
                error = _netlink.AddRule(table, ProbePriority, vip.IsV6, null, table);
            }
            return _marks[(real, vip)] = error == 0 ? (int)table : 0;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _settings.Restore();
        _netlink.RemoveRules(Table);
        foreach (int mark in _marks.Values.Where(mark => mark != 0).Distinct())
        {
            _netlink.RemoveRules((uint)mark);
        }
        _supervisor?.Dispose();
        Port?.Dispose();
        if (_isPair)
        {
            _netlink.RemoveLink(_index);
        }
        _netlink.Dispose();
        _place.Dispose();
    }

    // The name is bound in the network namespace, by one process at a time.
    private static HostStack? TakePlace()
    {
        for (int number = 0; number < MostStacks; number++)
        {
            var place = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
            try
            {
                place.Bind(new UnixDomainSocketEndPoint($"\0packetswitch-host-{number}"));
                return new HostStack(place, number);
            }
            catch (SocketException)
            {
                place.Dispose();
            }
        }
        return null;
    }

    // Of a switch that was killed: rules, and where it had a pair, that.
    private void RemoveLeftovers()
    {
        _netlink.RemoveRules(Table);
        _netlink.RemoveRulesOfPriority(ProbePriority, FirstProbeTable + ((uint)_number * ProbeReals), ProbeReals);
        if (HostNetlink.IndexOf(_name) is var index and not 0)
        {
            _netlink.RemoveLink(index);
        }
    }

    private bool TryMakePort(
        MacAddress mac, int mtu, Action<PortEvent> report, bool mayUseTap, out string? why)
    {
        why = "not wanted";
        if (mayUseTap && HostPort.TryOpen(_name, mac, mtu, out why) is { } tap)
        {
            Port = tap;
            _index = HostNetlink.IndexOf(_name);
            return true;
        }
        string peer = $"{_name}s";
        int error = _netlink.AddPair(_name, peer);
        if (error != 0)
        {
            why = $"{why}; nor a pair of virtual interfaces: {Text(error)}";
            return false;
        }
        _isPair = true;
        _index = HostNetlink.IndexOf(_name);
        _settings.Silence(peer, hasV6: false);
        _netlink.SetUp(HostNetlink.IndexOf(peer), default, mtu);
        if (!LivePort.TryOpen(new LivePortOptions(Limits.HostPortId, peer), report, out LivePort? port, out PortProblem? problem))
        {
            why = problem!.Message;
            return false;
        }
        Port = port!;
        // It is opened before its other end is up, and must see that come.
        _supervisor = new PortSupervisor(report);
        _supervisor.Add(port!.Interface);
        report(new PortEvent(Limits.HostPortId, PortEventKind.Note,
            $"the host port is a pair of virtual interfaces, {_name} and {peer}, because TAP is not permitted ({why})"));
        why = null;
        return true;
    }

    private static string Text(int error) => System.Runtime.InteropServices.Marshal.GetPInvokeErrorMessage(error);
}
