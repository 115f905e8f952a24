// One thing that doctor looks at. Each implementation is a file in Checks and a line in
// DoctorCatalog; it reads the examination and the machine, and changes neither.

namespace PacketSwitch.Doctor;

/// <summary>A check.</summary>
internal interface IDoctorCheck
{
    /// <summary>The word in the second column.</summary>
    string Name { get; }

    /// <summary>What it found; nothing when it has no say here (no configuration, no ports).</summary>
    IEnumerable<Finding> Examine(Examination patient);
}
