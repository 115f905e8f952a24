// The maps that our programs share with each other and with us: decision, slots, keys. Made by
// KernelFlows; each is a descriptor.

namespace PacketSwitch.PacketIo;

/// <summary>Descriptors of the maps.</summary>
/// <param name="Decision">One number for each processor: the slot, plus one, of the frame that it
/// works on, 0 when the frame is the loops'.</param>
/// <param name="Slots">An array of <see cref="FlowSlot"/>.</param>
/// <param name="Keys4">From an IPv4 key to the number of a slot.</param>
/// <param name="Keys6">From an IPv6 key to the number of a slot.</param>
internal readonly record struct FlowMaps(int Decision, int Slots, int Keys4, int Keys6);
