// Writes eBPF instructions (RFC 9669) one after the other, with labels for jumps, as the kernel
// wants them. Used by FlowFilter and FlowRewriter; the kernel's verifier has the last word.

using System.Runtime.InteropServices;

namespace PacketSwitch.PacketIo;

/// <summary>One eBPF instruction: 8 bytes (RFC 9669 section 3).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct BpfInstruction
{
    public byte Code;

    /// <summary>Destination register in the low, source register in the high four bits.</summary>
    public byte Registers;
    public short Offset;
    public int Immediate;
}

/// <summary>The eBPF registers: 0 the result, 1 to 5 arguments, 6 to 9 kept over calls, 10 the
/// frame pointer.</summary>
internal enum Reg : byte
{
    R0, R1, R2, R3, R4, R5, R6, R7, R8, R9, Stack,
}

/// <summary>The conditions of jumps in use; the signed ones compare 32 bits.</summary>
internal enum When : byte
{
    Equal = 0x15,
    Above = 0x25,
    AnyBitOf = 0x45,
    NotEqual = 0x55,
    Below = 0xa5,
    NotPositive32 = 0xd6,
    Negative32 = 0xc6,
}

/// <summary>A program in the making.</summary>
internal sealed class BpfBuilder
{
    private const byte FromRegister = 0x08;
    private const int MapFileDescriptor = 1;

    private readonly List<BpfInstruction> _code = [];
    private readonly Dictionary<string, int> _labels = [];
    private readonly List<(int At, string Label)> _jumps = [];

    public void Label(string name) => _labels.Add(name, _code.Count);

    public void Set(Reg to, int value) => Add(0xb7, to, 0, 0, value);

    public void Set(Reg to, Reg from) => Add(0xbf, to, from, 0, 0);

    public void AddTo(Reg to, int value) => Add(0x07, to, 0, 0, value);

    public void AddTo(Reg to, Reg value) => Add(0x0f, to, value, 0, 0);

    public void Subtract(Reg from, Reg value) => Add(0x1f, from, value, 0, 0);

    /// <summary>Subtracts 32-bit numbers; the upper half becomes 0.</summary>
    public void Subtract32(Reg from, Reg value) => Add(0x1c, from, value, 0, 0);

    /// <summary>Adds 32-bit numbers; the upper half becomes 0.</summary>
    public void Add32(Reg to, Reg value) => Add(0x0c, to, value, 0, 0);

    public void And(Reg to, int mask) => Add(0x57, to, 0, 0, mask);

    public void ShiftRight(Reg to, int bits) => Add(0x77, to, 0, 0, bits);

    public void ShiftLeft(Reg to, int bits) => Add(0x67, to, 0, 0, bits);

    /// <summary>From network to host order and back.</summary>
    /// <param name="to">The register.</param>
    /// <param name="bits">16 or 32.</param>
    public void SwapFromNetwork(Reg to, int bits) => Add(0xdc, to, 0, 0, bits);

    /// <summary>Loads 1, 2, 4 or 8 bytes.</summary>
    public void Load(int bytes, Reg to, Reg from, int offset) =>
        Add((byte)(0x61 | SizeBits(bytes)), to, from, offset, 0);

    public void Store(int bytes, Reg to, int offset, Reg from) =>
        Add((byte)(0x63 | SizeBits(bytes)), to, from, offset, 0);

    public void Store(int bytes, Reg to, int offset, int value) =>
        Add((byte)(0x62 | SizeBits(bytes)), to, 0, offset, value);

    /// <summary>Adds to 8 bytes of memory, whole, whatever other processors add.</summary>
    public void AddAtomic(Reg to, int offset, Reg value) => Add(0xdb, to, value, offset, 0);

    public void Jump(string label)
    {
        _jumps.Add((_code.Count, label));
        Add(0x05, 0, 0, 0, 0);
    }

    public void JumpIf(When condition, Reg left, int right, string label)
    {
        _jumps.Add((_code.Count, label));
        Add((byte)condition, left, 0, 0, right);
    }

    public void JumpIf(When condition, Reg left, Reg right, string label)
    {
        _jumps.Add((_code.Count, label));
        Add((byte)((byte)condition | FromRegister), left, right, 0, 0);
    }

    /// <summary>Loads a map for a helper.</summary>
    public void LoadMap(Reg to, int descriptor)
    {
        Add(0x18, to, (Reg)MapFileDescriptor, 0, descriptor);
        Add(0, 0, 0, 0, 0);
    }

    public void Call(BpfHelper helper) => Add(0x85, 0, 0, 0, (int)helper);

    public void Exit() => Add(0x95, 0, 0, 0, 0);

    /// <summary>The finished program.</summary>
    public BpfInstruction[] Build()
    {
        BpfInstruction[] code = [.. _code];
        foreach ((int at, string label) in _jumps)
        {
            code[at].Offset = checked((short)(_labels[label] - at - 1));
        }
        return code;
    }

    private void Add(byte code, Reg to, Reg from, int offset, int value) =>
        _code.Add(new BpfInstruction
        {
            Code = code,
            Registers = (byte)((int)to | ((int)from << 4)),
            Offset = checked((short)offset),
            Immediate = value,
        });

    private static int SizeBits(int bytes) => bytes switch
    {
        1 => 0x10,
        2 => 0x08,
        4 => 0x00,
        8 => 0x18,
        _ => throw new ArgumentOutOfRangeException(nameof(bytes)),
    };
}
