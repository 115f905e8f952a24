// An interface as a pcapng file describes it (draft-ietf-opsawg-pcapng, section 4.2): its link type and its clock.

using System.Buffers.Binary;
using PacketDotNet;

namespace PacketSwitch.PacketIo;

/// <summary>One interface description block.</summary>
/// <param name="LinkType">The kind of its frames.</param>
/// <param name="SnapLength">The most bytes kept of a frame, 0 for all.</param>
/// <param name="Resolution">The option <c>if_tsresol</c>: a negative power of 10, or of 2 with its high bit set.</param>
/// <param name="OffsetSeconds">The option <c>if_tsoffset</c>: seconds to add to every stamp.</param>
internal readonly record struct PcapngInterface(
    LinkLayers LinkType, uint SnapLength, byte Resolution, long OffsetSeconds)
{
    private const ushort ResolutionOption = 9, OffsetOption = 14, EndOfOptions = 0;
    private const byte Microseconds = 6;
    private const int FixedBytes = 8;
    private const long Billion = 1_000_000_000;

    /// <summary>Reads a block's body; options that make no sense are passed over.</summary>
    public static bool TryRead(ReadOnlySpan<byte> body, bool isBigEndian, out PcapngInterface read)
    {
        read = default;
        if (body.Length < FixedBytes)
        {
            return false;
        }
        byte resolution = Microseconds;
        long offset = 0;
        ReadOnlySpan<byte> options = body[FixedBytes..];
        while (options.Length >= 4)
        {
            ushort code = PcapngSource.U16(options, isBigEndian);
            int length = PcapngSource.U16(options[2..], isBigEndian);
            if (code == EndOfOptions || length > options.Length - 4)
            {
                break;
            }
            ReadOnlySpan<byte> value = options.Slice(4, length);
            resolution = code == ResolutionOption && length == 1 ? value[0] : resolution;
            if (code == OffsetOption && length == 8)
            {
                offset = isBigEndian ? BinaryPrimitives.ReadInt64BigEndian(value)
                    : BinaryPrimitives.ReadInt64LittleEndian(value);
            }
            options = options[Math.Min(4 + ((length + 3) & ~3), options.Length)..];
        }
        read = new PcapngInterface(
            (LinkLayers)PcapngSource.U16(body, isBigEndian), PcapngSource.U32(body[4..], isBigEndian), resolution, offset);
        return true;
    }

    /// <summary>A stamp of this interface in nanoseconds since 1970; what no clock gives is held at the range's end.</summary>
    public long Nanoseconds(ulong stamp)
    {
        int power = Resolution & 0x7f;
        UInt128 ns = (Resolution & 0x80) != 0
            ? power >= 64 ? 0 : ((UInt128)stamp * Billion) >> power
            : power <= 9 ? (UInt128)stamp * PowerOfTen(9 - power)
            : power - 9 >= 20 ? 0 : stamp / PowerOfTen(power - 9);
        Int128 sum = (Int128)(ns > long.MaxValue ? long.MaxValue : ns) + ((Int128)OffsetSeconds * Billion);
        return (long)Int128.Clamp(sum, 0, long.MaxValue - Billion);
    }

    private static ulong PowerOfTen(int power)
    {
        ulong value = 1;
        for (int i = 0; i < power; i++)
        {
            value *= 10;
        }
        return value;
    }
}
