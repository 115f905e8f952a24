// Whether the default gateways are there.

using PacketSwitch.Control.Config;
using PacketSwitch.Wire;

namespace PacketSwitch.Doctor.Checks;

/// <summary>Gateways that nobody answers for.</summary>
internal sealed class GatewayAnswerCheck : IDoctorCheck
{
    public string Name => "gateways";

    public IEnumerable<Finding> Examine(Examination patient)
    {
        if (patient.Survey.Asked.Count == 0) yield break;
        foreach (GatewayConfig gateway in patient.Config!.Gateways.Where(gateway => gateway.Enabled))
        {
            if (gateway.Address is not { } address) continue;
            yield return patient.Survey.Of(address).Any()
                ? Finding.Ok($"gw {gateway.Id} {address} answers")
                : Finding.Fail($"gw {gateway.Id} {address} does not answer on any port: clients "
                    + "and servers of other networks are not reached");
        }
    }
}
