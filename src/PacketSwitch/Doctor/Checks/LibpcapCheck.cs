// Whether the library that reads and sends the frames is there.

using PacketSwitch.PacketIo;

namespace PacketSwitch.Doctor.Checks;

/// <summary>libpcap.</summary>
internal sealed class LibpcapCheck : IDoctorCheck
{
    public string Name => "libpcap";

    public IEnumerable<Finding> Examine(Examination patient)
    {
        string? version = PacketCaptureLibrary.Version(out PortProblem? problem);
        yield return version is not null
            ? Finding.Ok(version)
            : Finding.Fail(problem!.Message, new Cure("apt-get install -y libpcap0.8"));
    }
}
