// One second of the switch as the dashboard draws it. Made by LiveSampler, sent by LiveRoutes.

namespace PacketSwitch.Web;

/// <summary>Rates of one second; only the drop reasons that occurred.</summary>
/// <param name="T">Seconds since 1970, UTC.</param>
/// <param name="InPps">Frames received a second, all ports.</param>
/// <param name="OutPps">Frames sent a second.</param>
/// <param name="InBps">Bits received a second.</param>
/// <param name="OutBps">Bits sent a second.</param>
/// <param name="NewSessions">Sessions opened a second.</param>
/// <param name="Sessions">Sessions in the table now.</param>
/// <param name="Drops">Frames dropped a second, by reason.</param>
/// <param name="Reals">The real servers, by number.</param>
internal sealed record LiveSample(
    double T, double InPps, double OutPps, double InBps, double OutBps, double NewSessions,
        int Sessions,
    IReadOnlyDictionary<string, double> Drops, IReadOnlyList<LiveReal> Reals);

/// <summary>A real server's second.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Pps">Frames to and from it a second.</param>
/// <param name="NewSessions">Sessions opened a second.</param>
/// <param name="Ms">How long its last check took; 0 when there is none.</param>
internal sealed record LiveReal(int Id, double Pps, double NewSessions, double Ms);
