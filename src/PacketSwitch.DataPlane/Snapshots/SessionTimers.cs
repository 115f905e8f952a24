// Session timers by TCP stage (ALTEON.md section 7). Part of the snapshot.

namespace PacketSwitch.DataPlane;

/// <summary>Ticks without a frame until a session ends, by stage; idle times come from service and real server.</summary>
/// <param name="HalfOpen">From the SYN to both sides synchronised.</param>
/// <param name="Closing">One FIN seen.</param>
/// <param name="Closed">Both FIN, or a valid RST, seen.</param>
/// <param name="IdleTcp">Overrides the idle time of established sessions; 0 leaves it.</param>
/// <param name="IdleUdp">Overrides the idle time of UDP sessions; 0 leaves it.</param>
public sealed record SessionTimers(uint HalfOpen, uint Closing, uint Closed, uint IdleTcp, uint IdleUdp)
{
    /// <summary>30 s, 2 min, 4 s; idle as configured.</summary>
    public static SessionTimers Alteon { get; } = new(
        Ticks.FromSeconds(30), Ticks.FromSeconds(120), Ticks.FromSeconds(4), 0, 0);

    /// <summary>RFC 5382 REQ-5: 240 s transitory, 124 min established; RFC 4787 REQ-5: UDP 5 min.</summary>
    public static SessionTimers Rfc { get; } = new(
        Ticks.FromSeconds(240), Ticks.FromSeconds(240), Ticks.FromSeconds(240),
        Ticks.FromSeconds(124 * 60), Ticks.FromSeconds(300));
}
