// Whether a frame that comes in at one port fits out of another.

namespace PacketSwitch.Doctor.Checks;

/// <summary>The MTUs of the ports.</summary>
internal sealed class MtuCheck : IDoctorCheck
{
    public string Name => "mtu";

    public IEnumerable<Finding> Examine(Examination patient)
    {
        PortUnderExamination[] there = [.. patient.Ports.Where(port => port.Interface is not null)];
        if (there.Length < 2) yield break;
        int largest = there.Max(port => port.Interface!.Mtu);
        PortUnderExamination[] narrow = [.. there.Where(port => port.Interface!.Mtu < largest)];
        foreach (PortUnderExamination port in narrow)
        {
            bool isTowardsServers = port.Config.Server && there.Any(other
                => other.Config.Client && other.Interface!.Mtu > port.Interface!.Mtu);
            yield return Finding.Fail(
                $"port {port.Id}: {port.Name} carries {port.Interface!.Mtu} bytes, another port "
                + $"{largest}: " + (isTowardsServers
                    ? "a client's full packet to a VIP does not fit on the way to the real servers "
                        + "(too-big)"
                    : "longer packets are dropped there (too-big)"),
                new Cure($"ip link set dev {port.Name} mtu {largest}"));
        }
        if (narrow.Length == 0) yield return Finding.Ok($"{largest} on every port");
    }
}
