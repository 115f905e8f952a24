// One line about a port whose interface changed. Made by LivePort and PortSupervisor on the
// supervisor's thread, written to the log by the control plane.

namespace PacketSwitch.PacketIo;

/// <summary>What happened to a port: a whole line for people, with what to do.</summary>
public sealed record PortEvent(int PortId, PortEventKind Kind, string Message);
