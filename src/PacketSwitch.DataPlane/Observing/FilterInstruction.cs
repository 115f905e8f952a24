// One instruction of a compiled filter, as libpcap's pcap_compile makes them (classic BPF,
// McCanne and Jacobson 1993). Run by FrameProgram.

namespace PacketSwitch.DataPlane;

/// <summary>An instruction of classic BPF.</summary>
/// <param name="Code">What to do.</param>
/// <param name="JumpTrue">Instructions to skip when a condition holds.</param>
/// <param name="JumpFalse">Instructions to skip when it does not.</param>
/// <param name="Value">The operand.</param>
public readonly record struct FilterInstruction(
    ushort Code, byte JumpTrue, byte JumpFalse, uint Value);
