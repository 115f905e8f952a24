// What a person can do about a drop, and the line of the configuration that decided it. A reason
// without advice of its own says what it means, so a new reason is explained as soon as it has its
// text in Verdict.cs. Used by Explanation.

using PacketSwitch.Control.Config;
using PacketSwitch.DataPlane;
using PacketSwitch.Wire;

namespace PacketSwitch.Explain;

/// <summary>The sentence behind <c>DROPPED reason:</c>.</summary>
/// <param name="Text">Cause and cure.</param>
/// <param name="Source">The line of the configuration behind it; null where there is none.</param>
internal sealed record DropAdvice(string Text, string? Source = null)
{
    /// <summary>What can be said of a reason without a frame, by its number.</summary>
    public static IReadOnlyList<string> General { get; } =
    [
        .. Enumerable.Range(0, ReasonText.DropReasons).Select(reason => Of(
            new FrameInfo { Drop = (DropReason)reason }, new Surroundings(new SwitchConfig(), []))
            .Text),
    ];

    public static DropAdvice Of(in FrameInfo info, Surroundings names)
    {
        string real = info.Real == 0 ? "a real server" : names.Real(info.Real);
        string virt = info.Virt == 0 ? "the virtual server" : names.Virt(info.Virt);
        string virtPath = info.Virt == 0 ? "virt N" : $"virt {info.Virt}";
        string realPath = $"real {info.Real}";
        return info.Drop switch
        {
            DropReason.DamOff => new(
                $"{real} serves a virtual server on this port and direct access is disabled. "
                + "To allow: /c/slb/adv/direct ena", names.Source("adv", "direct")),
            DropReason.IncorrectVport => new(
                $"{virt} has no service on this port and protocol. To serve it: "
                + $"/c/slb/{virtPath}/service PORT",
                names.Source(virtPath)),
            DropReason.VipDown => new(
                $"{virt} is disabled. To enable: /c/slb/{virtPath}/ena",
                    names.Source(virtPath, "ena")),
            DropReason.NoReal => new(
                "no server of the group, and no backup, can take the session: see the group above. "
                + "To have a last resort: /c/slb/group N/backup rN", names.Source(virtPath)),
            DropReason.TableFull => new(
                "the session table has no room, and no half-open session to give up. Larger: "
                + "/c/sys/sessions N",
                names.Source("sys", "sessions")),
            DropReason.TupleInUse => new(
                "every server that could take it has another session with this client's address "
                + "and port; "
                + "the client must choose another port, or the service use proxy addresses (pip)"),
            DropReason.NoSession => new(
                info.Virt != 0 && info.TcpFlags == TcpFlags.Syn
                    ? $"port {names.PortIds[info.Port]} is no client port, and only a SYN from a "
                        + $"client port opens TCP at {virt}. To allow: /c/slb/port "
                        + $"{names.PortIds[info.Port]}/client ena"
                : info.Virt != 0 ? $"it opens nothing at {virt} and no session matches: only a SYN "
                    + $"from a client port opens TCP"
                    : info.Real != 0
                        ? $"it comes from the balanced port of {real} and belongs to no session"
                    : "it concerns a session that the switch does not have",
                info.Virt != 0 && info.TcpFlags == TcpFlags.Syn
                    ? names.Source($"port {names.PortIds[info.Port]}") : null),
            DropReason.NoArp => new(
                "nobody answered for the next hop's address in three seconds, or too many frames "
                + "wait for it. "
                + "Is the host up, and on the network of an interface (if N)?"),
            DropReason.TooBig => new(
                "longer than the port it would leave on carries; the sender was told "
                + "(fragmentation needed), unless it is a UDP super-frame: those need a port with "
                + "offload metadata"),
            DropReason.ServerGone => new(
                $"{real} has failed, or was removed, and adv/grace is off; the session ended",
                    names.Source("adv", "grace")),
            DropReason.NoProxyPort => new(
                "every port of every proxy address towards these servers is in use. More: "
                + "/c/slb/virt N/service P/pip",
                names.Source(virtPath)),
            DropReason.RstOutOfWindow => new(
                "its sequence number is not in the window, as a forged RST's would be (RFC 5961)",
                info.Real == 0 ? null : names.Source(realPath)),
            _ => OfForwarding(info.Drop),
        };
    }

    // Reasons that no object of the configuration stands behind.
    private static DropAdvice OfForwarding(DropReason reason) => reason switch
    {
        DropReason.NoRoute => new(
            "it is addressed to the switch's MAC, and neither an interface network (if N) nor "
            + "a gateway (gw N) "
            + "leads to its destination"),
        DropReason.NotForUs => new(
            "the switch's own address has no such service; it answers ARP and ping there"),
        DropReason.SamePort
            => new("its destination was last seen on the port it came in on: nothing to do"),
        DropReason.PortDown => new("the port it would leave on has no link"),
        DropReason.SendFailed
            => new("the port refused to send it: see the port's counters and its MTU"),
        DropReason.PuntFull => new(
            "more ARP and ping for the switch itself than the control plane takes; the sender "
            + "will ask again"),
        DropReason.Internal => new("a defect of the switch; please report it with this frame"),
        DropReason.FragmentTimeout
            => new("the first fragment of its datagram did not come within two seconds"),
        _ => new(ReasonText.Meaning(reason)),
    };
}
