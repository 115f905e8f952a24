// Asks on every port of the switch who has the addresses of the configuration: ARP for IPv4,
// neighbour solicitations for IPv6. Called once by Examination; takes about a second. The questions
// are probes that teach nobody anything: their sender address is unspecified (RFC 5227 section 2.1.1,
// RFC 4862 section 5.4.2), so no neighbour table on the wire changes, also while a switch runs.

using System.Diagnostics;
using PacketSwitch.Control.Config;
using PacketSwitch.DataPlane;
using PacketSwitch.PacketIo;
using PacketSwitch.Wire;

namespace PacketSwitch.Doctor;

/// <summary>One round of questions.</summary>
internal sealed class NeighborSurvey : IDisposable
{
    private const int Tries = 3;
    private const int TryMs = 300;
    private const int PauseMs = 2;
    private const int SnapBytes = 256;
    private const int BufferBytes = 1 << 20;
    private const int FrameBytes = 128;

    private readonly SwitchConfig _config;
    private readonly List<LivePort> _ports = [];
    private readonly List<string> _problems = [];
    private readonly HashSet<SurveyAnswer> _answers = [];
    private readonly HashSet<(int, int)> _joined = [];
    private readonly FrameBurst _burst = new();
    private readonly FrameMemory _memory = new(1, FrameBytes);
    private readonly HashSet<IpAddress> _addresses;

    private NeighborSurvey(SwitchConfig config)
    {
        _config = config;
        _addresses = [.. AddressesOf(config)];
    }

    /// <summary>Asks on every port that is up and can be opened.</summary>
    public static SurveyResult Ask(SwitchConfig config, IEnumerable<PortUnderExamination> ports)
    {
        using var survey = new NeighborSurvey(config);
        foreach (PortUnderExamination port in ports.Where(port => port.IsReady))
            survey.Open(port);
        survey.Ask();
        return new SurveyResult(
            [.. survey._ports.Select(port => port.Id)],
            survey._answers, survey._joined, survey._problems);
    }

    public void Dispose() => _ports.ForEach(port => port.Dispose());

    private static IEnumerable<IpAddress> AddressesOf(SwitchConfig config)
    {
        foreach (VirtConfig virt in config.Virts)
        {
            if (virt.Enabled && virt.Address is { } vip) yield return vip;
            foreach (IpAddress proxy in virt.Services.SelectMany(service => service.ProxyAddresses))
                yield return proxy;
        }
        foreach (RealConfig real in config.Reals)
            if (real.Enabled && real.Address is { } address) yield return address;
        foreach (GatewayConfig gateway in config.Gateways)
            if (gateway.Enabled && gateway.Address is { } address) yield return address;
        foreach (InterfaceConfig item in config.Interfaces)
            if (item.Enabled && item.Address is { } address) yield return address;
    }

    private void Open(PortUnderExamination port)
    {
        var options = new LivePortOptions(port.Id, port.Name)
        {
            TurnOffloadsOff = false,
            SnapBytes = SnapBytes,
            BufferBytes = BufferBytes,
        };
        if (LivePort.TryOpen(options, _ => { }, out LivePort? live, out PortProblem? problem))
            _ports.Add(live!);
        else
            _problems.Add(problem!.Message);
    }

    private void Ask()
    {
        for (int i = 0; i < Tries && _ports.Count > 0; i++)
        {
            foreach (LivePort port in _ports)
                foreach (IpAddress address in _addresses)
                    Send(port, address);
            long started = Stopwatch.GetTimestamp();
            do
            {
                Thread.Sleep(PauseMs);
                foreach (LivePort port in _ports)
                    Receive(port);
            }
            while (Stopwatch.GetElapsedTime(started).TotalMilliseconds < TryMs);
        }
    }

    private void Send(LivePort port, IpAddress address)
    {
        ushort vlan = (ushort)(_config.Interfaces
            .FirstOrDefault(item => item.Enabled && item.Contains(address))?.Vlan ?? 0);
        Span<byte> frame = _memory.Slot(0);
        int length = address.IsV6
            ? FrameWriter.NeighborSolicitation(
                frame, port.HardwareAddress, default, address.V6, vlan)
            : FrameWriter.Arp(
                frame, ArpOperation.Request, MacAddress.Broadcast, port.HardwareAddress,
                port.HardwareAddress, default, default, address.V4, vlan);
        length = FrameWriter.PadToMinimum(frame, length);
        Span<FrameDescriptor> frames = [_memory.Describe(0, length)];
        port.Send(frames);
    }

    private void Receive(LivePort port)
    {
        int count = port.Receive(_burst);
        for (int i = 0; i < count; i++)
            Read(port, _burst.Frames[i].Span);
        port.Release(_burst);
    }

    private void Read(LivePort port, Span<byte> frame)
    {
        if (!EthernetView.TryWrap(frame, out EthernetView ethernet)) return;
        MacAddress source = ethernet.Source;
        LivePort? sender = _ports.Find(other => other.HardwareAddress == source);
        if (sender is not null)
        {
            // One of our own questions: only a wire between the two ports can have brought it.
            if (sender != port)
                _joined.Add((Math.Min(sender.Id, port.Id), Math.Max(sender.Id, port.Id)));
            return;
        }
        if (ethernet.EtherType == EtherTypes.Arp
            && ArpView.TryWrap(ethernet.Payload, out ArpView arp)
            && arp.Operation == ArpOperation.Reply)
        {
            Note(IpAddress.From(arp.SenderAddress), arp.SenderMac, port.Id);
        }
        if (ethernet.EtherType == EtherTypes.Ipv6
            && Ipv6View.TryWrap(ethernet.Payload, out Ipv6View packet)
            && packet.NextHeader == IpProtocol.IcmpV6
            && NeighborView.TryWrap(packet.Payload, out NeighborView neighbor)
            && neighbor.IsAdvertisement
            && neighbor.TryGetLinkLayerAddress(out MacAddress mac))
        {
            Note(IpAddress.From(neighbor.TargetAddress), mac, port.Id);
        }
    }

    private void Note(IpAddress address, MacAddress mac, int port)
    {
        if (_addresses.Contains(address)) _answers.Add(new SurveyAnswer(address, mac, port));
    }
}
