// The switch's own addresses on this host: the host port where there is an `if` and it is permitted, and the ways of the health checks that follow from it.
// Made by LiveSwitch; Follow is called on the control plane's thread.

using Microsoft.Extensions.Logging;
using PacketSwitch.Control.Config;
using PacketSwitch.Control.Health;
using PacketSwitch.DataPlane;
using PacketSwitch.PacketIo;
using PacketSwitch.Wire;

namespace PacketSwitch.Running;

/// <summary>The host's part in a running switch.</summary>
internal sealed class HostSide : IDisposable
{
    private readonly HostStack? _stack;
    private readonly ILogger _logger;
    private OwnAddress[] _addresses = [];

    // Written by: the control plane's thread. Read by: checks.
    private volatile Dictionary<int, IpAddress> _reals = [];

    private HostSide(HostStack? stack, ILogger logger)
    {
        _stack = stack;
        _logger = logger;
        Path = stack is null ? HealthPath.Host : new HealthPath(stack.SourceFor, MarkFor);
    }

    /// <summary>The port to the host's stack, if there is one.</summary>
    public IPacketPort? Port => _stack?.Port;

    /// <summary>How checks reach the servers.</summary>
    public HealthPath Path { get; }

    /// <summary>Makes the host port; where there can be none, one line says so.</summary>
    public static HostSide Open(
        SwitchConfig config, MacAddress mac, IReadOnlyList<IPacketPort> ports, ILogger logger)
    {
        OwnAddress[] addresses = Addresses(config);
        HostStack? stack = null;
        string? why = "no if is configured";
        if (addresses.Length > 0)
        {
            stack = HostStack.TryOpen(
                mac, ports.Min(port => port.Mtu), addresses, ports.Select(port => port.Name),
                change => RunLog.Port(logger, change), out why);
        }
        if (stack is not null && why is not null)
        {
            RunLog.Host(logger, why);
        }
        else if (stack is null && (addresses.Length > 0 || HealthPlan.Of(config).Count > 0))
        {
            RunLog.Host(logger, $"no host port ({why}): health checks use this machine's own routes");
        }
        return new HostSide(stack, logger) { _addresses = addresses };
    }

    /// <summary>Another configuration runs.</summary>
    public void Follow(SwitchConfig config)
    {
        _reals = config.Reals.Where(real => real.Address is not null)
            .ToDictionary(real => real.Id, real => real.Address!.Value);
        OwnAddress[] addresses = Addresses(config);
        if (_stack is null || addresses.AsSpan().SequenceEqual(_addresses))
        {
            return;
        }
        _addresses = addresses;
        if (_stack.SetAddresses(addresses) is { } problem)
        {
            RunLog.Host(_logger, problem);
        }
    }

    public void Dispose() => _stack?.Dispose();

    private int MarkFor(int real, IpAddress vip)
        => _reals.TryGetValue(real, out IpAddress rip) ? _stack!.MarkFor(real, rip, vip) : 0;

    private static OwnAddress[] Addresses(SwitchConfig config)
        => [.. config.Interfaces.Where(own => own is { Enabled: true, Address: not null })
            .Select(own => new OwnAddress(own.Address!.Value, own.PrefixLength))];
}
