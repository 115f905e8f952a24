// Every check of doctor, in the order of its lines: the machine, the ports, the host's own stack,
// then who answers on the wires. A new check is a file and a line here.

using PacketSwitch.Doctor.Checks;

namespace PacketSwitch.Doctor;

/// <summary>The checks.</summary>
internal static class DoctorCatalog
{
    public static IReadOnlyList<IDoctorCheck> All { get; } =
    [
        new CapabilityCheck(),
        new LibpcapCheck(),
        new ClockCheck(),
        new PortCheck(),
        new MasterCheck(),
        new MtuCheck(),
        new OffloadCheck(),
        new HostAddressCheck(),
        new ReversePathCheck(),
        new HostForwardingCheck(),
        new SurveyCheck(),
        new SegmentCheck(),
        new RealAnswerCheck(),
        new GatewayAnswerCheck(),
        new DuplicateCheck(),
        new VipAnswerCheck(),
    ];
}
