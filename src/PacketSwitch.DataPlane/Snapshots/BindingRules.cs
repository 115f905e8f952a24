// How a virtual service binds clients to their real server (pbind, ptmout, pmask). Part of the snapshot.

namespace PacketSwitch.DataPlane;

/// <summary>A sticky service's rules.</summary>
/// <param name="Bits">Leading bits of the client's address that count.</param>
/// <param name="TimeoutTicks">Ticks after the last activity until the client is free again.</param>
/// <param name="AcrossServices">One binding for all services of the virtual server (<c>norport</c>).</param>
public sealed record BindingRules(int Bits, uint TimeoutTicks, bool AcrossServices);
