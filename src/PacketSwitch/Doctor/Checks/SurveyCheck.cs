// Whether doctor could ask on the wires at all; without it the checks below have nothing to say.

namespace PacketSwitch.Doctor.Checks;

/// <summary>The ports on which ARP was asked.</summary>
internal sealed class SurveyCheck : IDoctorCheck
{
    public string Name => "asking";

    public IEnumerable<Finding> Examine(Examination patient)
    {
        foreach (string problem in patient.Survey.Problems)
            yield return Finding.Fail($"could not ask who is there: {problem}");
    }
}
