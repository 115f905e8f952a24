// What the checks look at: the configuration, the interfaces behind its ports, the addresses of the
// host, and who answered on the wires. Collected once by DoctorCommand, so that all checks speak of
// the same moment; checks read it and change nothing.

using System.Net;
using System.Net.NetworkInformation;
using PacketSwitch.Control.Config;
using PacketSwitch.PacketIo;
using PacketSwitch.Wire;

namespace PacketSwitch.Doctor;

/// <summary>The state of this machine and its wires.</summary>
internal sealed class Examination
{
    /// <summary>Null when none was given.</summary>
    public required SwitchConfig? Config { get; init; }

    /// <summary>The ports of the configuration, by number.</summary>
    public required IReadOnlyList<PortUnderExamination> Ports { get; init; }

    public required IReadOnlyList<HostAddressFound> HostAddresses { get; init; }

    /// <summary>Every interface of this machine, by name.</summary>
    public required IReadOnlyList<string> Interfaces { get; init; }

    public required SurveyResult Survey { get; init; }

    public IEnumerable<VirtConfig> Virts =>
        Config?.Virts.Where(virt => virt.Enabled && virt.Address is not null) ?? [];

    public IEnumerable<RealConfig> Reals =>
        Config?.Reals.Where(real => real.Enabled && real.Address is not null) ?? [];

    /// <summary>Looks at this machine and asks on its ports, which takes about a second.</summary>
    public static Examination Begin(SwitchConfig? config)
    {
        PortUnderExamination[] ports = config is null ? [] :
        [
            .. config.Ports.Select(port => new PortUnderExamination(
                port, port.Interface == "" ? null : InterfaceReport.Read(port.Interface))),
        ];
        NetworkInterface[] interfaces = NetworkInterface.GetAllNetworkInterfaces();
        return new Examination
        {
            Config = config,
            Ports = ports,
            HostAddresses = [.. interfaces.SelectMany(AddressesOf)],
            Interfaces = [.. interfaces.Select(each => each.Name).Order(StringComparer.Ordinal)],
            Survey = config is null ? SurveyResult.Empty : NeighborSurvey.Ask(config, ports),
        };
    }

    /// <summary>A MAC as a person knows it: with the real server that has it, where one has.</summary>
    public string Describe(MacAddress mac) =>
        FindReal(mac) is { } real ? $"{mac} ({Name(real)})" : $"{mac}";

    /// <summary>The real server whose address this MAC answers for, the only one that does.</summary>
    public RealConfig? FindReal(MacAddress mac)
    {
        RealConfig? found = null;
        foreach (RealConfig real in Reals)
        {
            MacAddress[] macs = real.Mac is { } said
                ? [said]
                : [.. Survey.Of(real.Address!.Value).Select(answer => answer.Mac).Distinct()];
            if (!macs.Contains(mac)) continue;
            // Its own address is the one that nobody else claims.
            if (found is null || macs.Length == 1) found = real;
        }
        return found;
    }

    /// <summary>For example <c>real 3 web3</c>.</summary>
    public static string Name(RealConfig real) =>
        real.Name == "" ? $"real {real.Id}" : $"real {real.Id} {real.Name}";

    private static IEnumerable<HostAddressFound> AddressesOf(NetworkInterface network)
    {
        foreach (UnicastIPAddressInformation item in network.GetIPProperties().UnicastAddresses)
        {
            IPAddress plain = item.Address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6
                ? new IPAddress(item.Address.GetAddressBytes())
                : item.Address;
            if (IpAddress.TryParse(plain.ToString(), out IpAddress address))
                yield return new HostAddressFound(network.Name, address, item.PrefixLength);
        }
    }
}
