// One answer to "who has this address?". Made by NeighborSurvey.

using PacketSwitch.Wire;

namespace PacketSwitch.Doctor;

/// <summary>Somebody has the address.</summary>
/// <param name="Address">The address asked for.</param>
/// <param name="Mac">Who says to have it.</param>
/// <param name="Port">The port of the switch where the answer came in.</param>
internal sealed record SurveyAnswer(IpAddress Address, MacAddress Mac, int Port);
