// Whether two ports of the switch lie on one segment: a frame that it sends out of one would come
// in at the other, and go round for ever.

namespace PacketSwitch.Doctor.Checks;

/// <summary>Loops through the switch.</summary>
internal sealed class SegmentCheck : IDoctorCheck
{
    public string Name => "segments";

    public IEnumerable<Finding> Examine(Examination patient)
    {
        foreach ((int low, int high) in patient.Survey.Joined)
        {
            yield return Finding.Fail(
                $"ports {low} and {high} are on one segment: what goes out of one comes in at the "
                + $"other, round and round; put port {high} ({NameOf(high)}) on a switch or VLAN of "
                + "its own");
        }
        if (patient.Survey.Joined.Count == 0 && patient.Survey.Asked.Count > 1)
            yield return Finding.Ok("no port hears another");

        string NameOf(int id) => patient.Ports.First(port => port.Id == id).Name;
    }
}
