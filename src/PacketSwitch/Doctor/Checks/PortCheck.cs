// Whether every port has its interface, enabled and with a carrier.

using PacketSwitch.PacketIo;

namespace PacketSwitch.Doctor.Checks;

/// <summary>The interfaces of the ports.</summary>
internal sealed class PortCheck : IDoctorCheck
{
    public string Name => "ports";

    public IEnumerable<Finding> Examine(Examination patient)
    {
        foreach (PortUnderExamination port in patient.Ports)
            if (Judge(port, patient) is { } finding) yield return finding;
        string[] ready =
        [
            .. patient.Ports.Where(port => port.IsReady)
                .Select(port => $"{port.Id} {port.Name} up mtu {port.Interface!.Mtu}"),
        ];
        if (ready.Length > 0) yield return Finding.Ok(string.Join(", ", ready));
    }

    private static Finding? Judge(PortUnderExamination port, Examination patient)
    {
        if (port.Interface is not InterfaceReport found)
        {
            string[] free =
            [
                .. patient.Interfaces.Where(
                    name => name != "lo" && patient.Ports.All(other => other.Name != name)),
            ];
            string here = free.Length == 0 ? "none is left here" : string.Join(", ", free);
            return Finding.Fail($"port {port.Id}: there is no interface {port.Name}; say another "
                + $"in the configuration (port {port.Id} / intf NAME), of these: {here}");
        }
        if (!found.IsEnabled)
        {
            return Finding.Fail(
                $"port {port.Id}: {port.Name} is down; the switch never sets it up by itself",
                new Cure($"ip link set dev {port.Name} up"));
        }
        return found.HasCarrier ? null : Finding.Fail(
            $"port {port.Id}: {port.Name} has no carrier; check the cable and that the other end "
            + "is up");
    }
}
