// `packetswitch doctor` against real faults: each is injected in the lab, found with exit 1, and
// gone after the commands that doctor printed. One run of the lab.
using Xunit;

namespace PacketSwitch.Lab.Tests;

public sealed class DoctorTests : IClassFixture<BuiltLab>
{
    [SkippableFact]
    [Trait("Length", "long")]
    public void Doctor_finds_every_injected_fault_and_none_after_its_cure() =>
        Scenario.MustPass("doctor", "PASS 17/17");
}
