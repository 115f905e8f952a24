// A compiled filter: runs the instructions of a classic BPF program over a frame, in a loop of the
// data plane. It cannot run for ever (jumps go forward only) nor read outside the frame (such a
// load ends it without a match); both are made sure of when it is made, so that running it needs no
// further checks. FrameProgramTests hold it equal to libpcap's own interpreter.

using System.Buffers.Binary;

namespace PacketSwitch.DataPlane;

/// <summary>A filter of frames.</summary>
public sealed class FrameProgram
{
    private const int ScratchWords = 16;

    // The fields of an instruction's code.
    private const int ClassMask = 0x07, SizeMask = 0x18, ModeMask = 0xe0, OperationMask = 0xf0;
    private const int FromX = 0x08;
    private const int Ld = 0, Ldx = 1, St = 2, Stx = 3, Alu = 4, Jmp = 5, Ret = 6, Misc = 7;
    private const int Word = 0x00, Half = 0x08, Byte = 0x10;
    private const int Immediate = 0x00, Absolute = 0x20, Indirect = 0x40, Memory = 0x60;
    private const int WireLength = 0x80, HeaderLength = 0xa0;

    private readonly FilterInstruction[] _code;

    private FrameProgram(FilterInstruction[] code) => _code = code;

    /// <summary>Takes a program; false when it does not end, or leaves its bounds.</summary>
    public static bool TryCreate(
        ReadOnlySpan<FilterInstruction> code, out FrameProgram? program)
    {
        program = null;
        if (code.Length is 0 or > Limits.FilterInstructions)
        {
            return false;
        }
        for (int at = 0; at < code.Length; at++)
        {
            if (!IsSound(code[at], code.Length - at - 1))
            {
                return false;
            }
        }
        // Whatever does not jump goes on to the next: the last must not.
        if ((code[^1].Code & ClassMask) != Ret)
        {
            return false;
        }
        program = new FrameProgram(code.ToArray());
        return true;
    }

    /// <summary>True when the filter wants the frame.</summary>
    /// <param name="frame">Its bytes.</param>
    /// <param name="wireLength">The bytes it had on the wire.</param>
    public bool Matches(ReadOnlySpan<byte> frame, int wireLength)
    {
        Span<uint> scratch = stackalloc uint[ScratchWords];
        scratch.Clear();
        uint a = 0;
        uint x = 0;
        int at = 0;
        while (true)
        {
            FilterInstruction next = _code[at++];
            uint operand = (next.Code & FromX) != 0 ? x : next.Value;
            switch (next.Code & ClassMask)
            {
                case Ld:
                    if (!TryLoad(next, x, scratch, frame, wireLength, out a))
                    {
                        return false;
                    }
                    break;
                case Ldx:
                    if (!TryLoadX(next, scratch, frame, wireLength, out x))
                    {
                        return false;
                    }
                    break;
                case St:
                    scratch[(int)next.Value] = a;
                    break;
                case Stx:
                    scratch[(int)next.Value] = x;
                    break;
                case Alu:
                    if (!TryCompute(next.Code & OperationMask, ref a, operand))
                    {
                        return false;
                    }
                    break;
                case Jmp:
                    at += Jump(next, a, operand);
                    break;
                case Ret:
                    return ((next.Code & SizeMask) == Byte ? a : next.Value) != 0;
                default:
                    _ = (next.Code & 0x80) != 0 ? a = x : x = a;
                    break;
            }
        }
    }

    private static bool TryLoad(
        FilterInstruction next, uint x, Span<uint> scratch, ReadOnlySpan<byte> frame,
        int wireLength, out uint value)
    {
        value = 0;
        switch (next.Code & ModeMask)
        {
            case Immediate:
                value = next.Value;
                return true;
            case Memory:
                value = scratch[(int)next.Value];
                return true;
            case WireLength:
                value = (uint)wireLength;
                return true;
            default:
                ulong offset = (next.Code & ModeMask) == Indirect
                    ? (ulong)next.Value + x : next.Value;
                int size = (next.Code & SizeMask) switch { Word => 4, Half => 2, _ => 1 };
                if (offset + (ulong)size > (ulong)frame.Length)
                {
                    return false;
                }
                ReadOnlySpan<byte> bytes = frame[(int)offset..];
                value = size switch
                {
                    4 => BinaryPrimitives.ReadUInt32BigEndian(bytes),
                    2 => BinaryPrimitives.ReadUInt16BigEndian(bytes),
                    _ => bytes[0],
                };
                return true;
        }
    }

    private static bool TryLoadX(
        FilterInstruction next, Span<uint> scratch, ReadOnlySpan<byte> frame, int wireLength,
        out uint value)
    {
        value = 0;
        switch (next.Code & ModeMask)
        {
            case Immediate:
                value = next.Value;
                return true;
            case Memory:
                value = scratch[(int)next.Value];
                return true;
            case WireLength:
                value = (uint)wireLength;
                return true;
            default:
                if (next.Value >= (uint)frame.Length)
                {
                    return false;
                }
                value = (uint)(frame[(int)next.Value] & 0x0f) << 2;
                return true;
        }
    }

    private static bool TryCompute(int operation, ref uint a, uint operand)
    {
        switch (operation)
        {
            case 0x00:
                a += operand;
                return true;
            case 0x10:
                a -= operand;
                return true;
            case 0x20:
                a *= operand;
                return true;
            case 0x30 or 0x90:
                if (operand == 0)
                {
                    return false;
                }
                a = operation == 0x30 ? a / operand : a % operand;
                return true;
            case 0x40:
                a |= operand;
                return true;
            case 0x50:
                a &= operand;
                return true;
            case 0x60:
                a = operand < 32 ? a << (int)operand : 0;
                return true;
            case 0x70:
                a = operand < 32 ? a >> (int)operand : 0;
                return true;
            case 0x80:
                a = 0 - a;
                return true;
            default:
                a ^= operand;
                return true;
        }
    }

    private static int Jump(FilterInstruction next, uint a, uint operand)
    {
        bool holds;
        switch (next.Code & OperationMask)
        {
            case 0x00:
                return (int)next.Value;
            case 0x10:
                holds = a == operand;
                break;
            case 0x20:
                holds = a > operand;
                break;
            case 0x30:
                holds = a >= operand;
                break;
            default:
                holds = (a & operand) != 0;
                break;
        }
        return holds ? next.JumpTrue : next.JumpFalse;
    }

    // The instruction is known, its scratch word exists, and its jumps end within what follows.
    private static bool IsSound(FilterInstruction next, int following)
    {
        int mode = next.Code & ModeMask;
        int operation = next.Code & OperationMask;
        return (next.Code & ClassMask) switch
        {
            Ld => (next.Code & SizeMask) != 0x18 && mode <= WireLength
                && (mode != Memory || next.Value < ScratchWords),
            Ldx => mode is Immediate or Memory or WireLength or HeaderLength
                && (mode != Memory || next.Value < ScratchWords),
            St or Stx => next.Value < ScratchWords,
            Alu => operation <= 0xa0,
            Jmp => operation == 0x00 ? next.Value < (uint)following
                : operation <= 0x40 && next.JumpTrue < following && next.JumpFalse < following,
            Misc => following > 0,
            _ => true,
        };
    }
}
