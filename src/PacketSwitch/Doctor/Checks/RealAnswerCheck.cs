// Whether every real server answers for its address, and on a server port.

using PacketSwitch.Control.Config;
using PacketSwitch.Wire;

namespace PacketSwitch.Doctor.Checks;

/// <summary>Real servers that ARP does not find.</summary>
internal sealed class RealAnswerCheck : IDoctorCheck
{
    public string Name => "reals";

    public IEnumerable<Finding> Examine(Examination patient)
    {
        int[] serverPorts =
        [
            .. patient.Ports.Where(port => port.Config.Server).Select(port => port.Id)
                .Intersect(patient.Survey.Asked),
        ];
        if (serverPorts.Length == 0) yield break;
        var present = new List<string>();
        foreach (RealConfig real in patient.Reals.Where(real => IsNear(patient.Config!, real)))
        {
            IpAddress address = real.Address!.Value;
            SurveyAnswer[] answers = [.. patient.Survey.Of(address)];
            string name = Examination.Name(real);
            if (answers.Any(answer => serverPorts.Contains(answer.Port)))
            {
                present.Add(name);
                continue;
            }
            yield return answers.Length == 0
                ? Finding.Fail(
                    $"{name} {address} does not answer {Protocol(address)} on port "
                    + $"{string.Join(" or ", serverPorts)}: it is off, or has another address",
                    new Cure($"ip address replace {address}/{Length(patient.Config!, address)} "
                        + "dev eth0 && ip link set dev eth0 up", name))
                : Finding.Fail(
                    $"{name} {address} answers on port {answers[0].Port}, which is no server port; "
                    + $"its answers to clients pass the switch by: port {answers[0].Port} / server "
                    + "ena, or move its cable");
        }
        if (present.Count > 0) yield return Finding.Ok($"{string.Join(", ", present)} answer");
    }

    // A real server outside of every network of the switch is behind the gateway.
    private static bool IsNear(SwitchConfig config, RealConfig real) =>
        config.Interfaces.Count == 0
        || config.Interfaces.Any(item => item.Enabled && item.Contains(real.Address!.Value));

    private static int Length(SwitchConfig config, IpAddress address) =>
        config.Interfaces.FirstOrDefault(item => item.Enabled && item.Contains(address))
            ?.PrefixLength ?? (address.IsV6 ? 64 : 24);

    private static string Protocol(IpAddress address) =>
        address.IsV6 ? "neighbour discovery" : "ARP";
}
