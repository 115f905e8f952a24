// The control plane: owns configuration and neighbours, reads what the loops hand over, publishes snapshots. One owner: all calls come from one
// thread (ControlThread live, the driver in a replay). It reads data-plane memory and never writes it; what it wants done goes through a loop's
// command queue. A single bad message is counted and passed over.

using Microsoft.Extensions.Logging;
using PacketSwitch.Control.Config;
using PacketSwitch.Control.Events;
using PacketSwitch.Control.Neighbors;
using PacketSwitch.DataPlane;
using PacketSwitch.Wire;

namespace PacketSwitch.Control;

/// <summary>Runs a configuration. Not thread-safe.</summary>
public sealed partial class ControlPlane
{
    private const long Second = 1_000_000_000;
    private const int Announcements = 3;

    private readonly SnapshotBuilder _builder;
    private readonly SharedTables _tables;
    private SwitchConfig _config;
    private readonly IReadOnlyList<int> _portIds;
    private readonly MacAddress _mac;
    private readonly NeighborTable _neighbors;
    private readonly bool _isLive;
    private readonly NeighborSpeaker _speaker;
    private readonly ILogger _logger;
    private LoopLink[] _loops = [];
    private long _version;
    private long _announceNs;
    private int _announcementsLeft;
    private long _lostCommands;
    private readonly HashSet<(int, int)> _loopsSaid = [];

    /// <summary>Takes a valid configuration and makes its first snapshot.</summary>
    /// <param name="config">The running configuration.</param>
    /// <param name="portIds">The switch's port numbers by port index.</param>
    /// <param name="mac">The switch's own MAC.</param>
    /// <param name="tables">The data plane's tables: read here, but for the registry of port pools.</param>
    /// <param name="logger">Where events are written.</param>
    /// <param name="isLive">False in a replay: nothing is announced or asked but what frames ask for.</param>
    public ControlPlane(
        SwitchConfig config, IReadOnlyList<int> portIds, MacAddress mac, SharedTables tables, ILogger logger,
        bool isLive = true)
    {
        _config = config;
        _portIds = portIds;
        _mac = mac;
        _logger = logger;
        _isLive = isLive;
        _announcementsLeft = isLive ? Announcements : 0;
        _neighbors = new NeighborTable(keepsFresh: isLive, tables.NeighborUse);
        _speaker = new NeighborSpeaker(mac, Send);
        _tables = tables;
        _builder = new SnapshotBuilder(portIds, _neighbors, tables.PortPools, mac);
        Facts = Facts.Settled(config);
        Cell = new SnapshotCell(Build());
    }

    /// <summary>Where the loops find the current snapshot.</summary>
    public SnapshotCell Cell { get; }

    /// <summary>Work from other threads; handled by <see cref="RunOnce"/>.</summary>
    public ControlMailbox Mailbox { get; } = new();

    /// <summary>What happened, for operators.</summary>
    public EventJournal Events { get; } = new(TimeProvider.System);

    /// <summary>When <see cref="RunOnce"/> has something to do though no message has come.</summary>
    public long NextDueNs => !Mailbox.IsEmpty ? 0 : Math.Min(
        Math.Min(_neighbors.NextDueNs, _announcementsLeft > 0 ? _announceNs : long.MaxValue),
        IsMeasuring ? _measureDueNs : long.MaxValue);

    /// <summary>Connects the loops and begins: announces the switch's addresses, asks for its neighbours.</summary>
    public void Start(IEnumerable<LoopLink> loops, long nowNs)
    {
        _loops = [.. loops];
        _announceNs = nowNs;
        if (_isLive)
        {
            _neighbors.AskAll(nowNs);
        }
        RunOnce(nowNs);
    }

    /// <summary>Handles every message that waits and every timer that is due. Returns how many messages there were.</summary>
    public int RunOnce(long nowNs)
    {
        int handled = HandleMail(nowNs);
        foreach (LoopLink loop in _loops)
        {
            for (int i = 0; i < Limits.PuntFrames && loop.Punts.TryPeek(out int slot); i++)
            {
                Handle(loop.Punts[slot], nowNs);
                loop.Punts.Release();
                handled++;
            }
        }
        if (_announcementsLeft > 0 && _announceNs <= nowNs)
        {
            _announcementsLeft--;
            _announceNs = nowNs + Second;
            AnnounceAll();
        }
        Measure(nowNs);
        MeasureResponses(nowNs);
        while (_neighbors.NextQuestion(nowNs, out NeighborQuestion question))
        {
            Ask(question);
        }
        if (_neighbors.HasChanged)
        {
            Neighbor[] before = Cell.Current.Neighbors;
            Cell.Publish(Cell.Current.WithNeighbors(++_version, _neighbors.Snapshot()));
            LogFound(before);
            WakeAll();
        }
        return handled;
    }

    private int HandleMail(long nowNs)
    {
        int handled = 0;
        while (handled < ControlMailbox.MessagesPerPass && Mailbox.TryTake(out Action<long>? work))
        {
            handled++;
            try
            {
                work!(nowNs);
            }
            catch (Exception e)
            {
                ControlLog.WorkFailed(_logger, e.Message);
            }
        }
        return handled;
    }

    private void Handle(Punt punt, long nowNs)
    {
        try
        {
            switch (punt.Kind)
            {
                case PuntKind.Resolve:
                    _neighbors.Ask(punt.Neighbor, nowNs);
                    break;
                case PuntKind.Refused:
                    OnRefused(punt.Neighbor, punt.ServicePort);
                    break;
                case PuntKind.ResolveHost:
                    _neighbors.AskHost(punt.Address, nowNs);
                    break;
                case PuntKind.Loop:
                    SayLoop(punt.Port, punt.Other);
                    break;
                case PuntKind.Echo:
                    if (EchoAnswer.TryMake(punt.Frame, _mac) is { } reply)
                    {
                        Send(punt.Port, reply);
                    }
                    break;
                default:
                    if (NeighborMessage.TryRead(punt.Frame, out NeighborMessage message))
                    {
                        HandleNeighbor(message, punt.Port, nowNs);
                    }
                    break;
            }
        }
        catch (Exception e)
        {
            ControlLog.MessageFailed(_logger, punt.Port < 0 ? 0 : _portIds[punt.Port], e.Message);
        }
    }

    // Once for each pair of ports: the data plane tells it again and again while it lasts.
    private void SayLoop(int port, int other)
    {
        if (_loopsSaid.Add((Math.Min(port, other), Math.Max(port, other))))
        {
            ControlLog.PortsShareSegment(_logger, _portIds[other], _portIds[port]);
        }
    }

    private void HandleNeighbor(in NeighborMessage message, int port, long nowNs)
    {
        if (message.IsRequest && IsOurs(message.Target) && !IsOurs(message.Sender))
        {
            _speaker.Answer(message, port);
        }
        // A real server's address claimed on a client port is never believed; a gateway may be anywhere.
        bool mayTeach = (Cell.Current.Ports[port] & PortRoles.Server) != 0 || !IsReal(message.Sender);
        mayTeach &= _neighbors.IsNextHop(message.Sender) || IsInItsVlan(message);
        if (mayTeach && !message.Sender.IsUnspecified && !message.SenderMac.Equals(_mac))
        {
            _neighbors.Learn(message.Sender, message.SenderMac, port, message.VlanTag & 0xfff, nowNs);
            NoteNeighborAnswer(message.Sender);
        }
    }

    // A host that is only routed to is believed in the VLAN of its network.
    private bool IsInItsVlan(in NeighborMessage message)
        => Cell.Current.Routes.NetworkOf(message.Sender)?.Vlan == (message.VlanTag & 0xfff);

    private void Ask(NeighborQuestion question)
    {
        IpAddress? sender = SenderFor(question.Address, out ushort vlan);
        if (sender is null)
        {
            return;
        }
        bool real = IsReal(question.Address);
        bool anyServerPort = Cell.Current.Ports.Any(roles => (roles & PortRoles.Server) != 0);
        for (int port = 0; port < _portIds.Count; port++)
        {
            bool isHost = (Cell.Current.Ports[port] & PortRoles.Host) != 0;
            if (!isHost && (!real || !anyServerPort || (Cell.Current.Ports[port] & PortRoles.Server) != 0))
            {
                _speaker.Ask(question.Address, sender.Value, question.Mac, vlan, port);
            }
        }
    }

    // The interface address in the neighbour's network, else a VIP (ALTEON.md section 7).
    private IpAddress? SenderFor(IpAddress neighbor, out ushort vlan)
    {
        foreach (InterfaceAddress own in Cell.Current.Interfaces)
        {
            if (neighbor.IsInNetwork(own.Address, own.PrefixLength))
            {
                vlan = own.Vlan;
                return own.Address;
            }
        }
        vlan = 0;
        return Cell.Current.VirtualServers.Values
            .Where(virt => virt.IsEnabled && virt.Address.IsV6 == neighbor.IsV6)
            .OrderBy(virt => virt.Id).Select(virt => (IpAddress?)virt.Address).FirstOrDefault();
    }

    private void AnnounceAll()
    {
        foreach (InterfaceAddress own in Cell.Current.Interfaces)
        {
            _speaker.Announce(own.Address, own.Vlan);
        }
        foreach (VirtualServer virt in Cell.Current.VirtualServers.Values.OrderBy(virt => virt.Id))
        {
            if (Cell.Current.SlbOn && virt is { IsEnabled: true, HasService: true })
            {
                _speaker.Announce(virt.Address, VlanOf(virt.Address));
            }
        }
        foreach (IpAddress proxy in Cell.Current.ProxyAddresses.Where(_ => Cell.Current.SlbOn))
        {
            _speaker.Announce(proxy, VlanOf(proxy));
        }
    }

    private ushort VlanOf(IpAddress own)
        => Array.Find(Cell.Current.Interfaces, i => own.IsInNetwork(i.Address, i.PrefixLength))?.Vlan ?? 0;

    private bool IsOurs(IpAddress address)
        => Cell.Current.IsInterfaceAddress(address)
            || (Cell.Current.SlbOn && Cell.Current.ProxyAddresses.Contains(address))
            || (Cell.Current.SlbOn && Cell.Current.VirtualServers.TryGetValue(address, out VirtualServer? virt)
                && virt is { IsEnabled: true, HasService: true });

    private bool IsReal(IpAddress address)
        => _config.Reals.Any(real => real.Address is { } own && own.Equals(address));

    private void LogFound(Neighbor[] before)
    {
        Neighbor[] now = Cell.Current.Neighbors;
        for (int i = 0; i < now.Length; i++)
        {
            bool moved = i >= before.Length || !before[i].Mac.Equals(now[i].Mac) || before[i].Port != now[i].Port;
            if (moved && now[i].IsResolved && _neighbors.IsNextHop(now[i].Address))
            {
                string port = now[i].Port < 0 ? "?" : _portIds[now[i].Port].ToString();
                ControlLog.NeighborFound(_logger, now[i].Address.ToString(), now[i].Mac.ToString(), port);
            }
        }
    }

    // Through the loop that serves the port, so that a port's frames mostly leave from one thread; to every port through the first loop.
    private void Send(int port, byte[] frame)
    {
        LoopLink? loop = Array.Find(_loops, candidate => port < 0 || candidate.Ports.Contains(port));
        if (loop is null)
        {
            return;
        }
        if (!loop.Commands.TryReserve(out int slot))
        {
            if (System.Numerics.BitOperations.IsPow2(++_lostCommands))
            {
                ControlLog.CommandLost(_logger, _lostCommands);
            }
            return;
        }
        loop.Commands[slot] = new LoopCommand { Kind = CommandKind.Send, Port = port, Frame = frame };
        loop.Commands.Commit();
        loop.Wake();
    }

    private void WakeAll()
    {
        foreach (LoopLink loop in _loops)
        {
            loop.Wake();
        }
    }
}
