// Who answered for which address on which port, and which ports hear each other. Made by
// NeighborSurvey, read by the checks.

using PacketSwitch.Wire;

namespace PacketSwitch.Doctor;

/// <summary>What the wires said.</summary>
/// <param name="Asked">Ports on which it was asked.</param>
/// <param name="Answers">Every answer once.</param>
/// <param name="Joined">Pairs of ports, the lower first, of which one heard the other.</param>
/// <param name="Problems">Why a port could not ask, one line each.</param>
internal sealed record SurveyResult(
    IReadOnlyList<int> Asked,
    IReadOnlyCollection<SurveyAnswer> Answers,
    IReadOnlyCollection<(int Low, int High)> Joined,
    IReadOnlyList<string> Problems)
{
    public static SurveyResult Empty { get; } = new([], [], [], []);

    public IEnumerable<SurveyAnswer> Of(IpAddress address) =>
        Answers.Where(answer => answer.Address == address);
}
