// Numbers in network byte order at a position in a header. Every view and the frame writer read and
// write through it; outside this project numbers are in host order.

using System.Buffers.Binary;

namespace PacketSwitch.Wire;

internal static class NetworkOrder
{
    public static ushort Read16(this ReadOnlySpan<byte> bytes, int position) =>
        BinaryPrimitives.ReadUInt16BigEndian(bytes[position..]);

    public static ushort Read16(this Span<byte> bytes, int position) =>
        BinaryPrimitives.ReadUInt16BigEndian(bytes[position..]);

    public static uint Read32(this ReadOnlySpan<byte> bytes, int position) =>
        BinaryPrimitives.ReadUInt32BigEndian(bytes[position..]);

    public static uint Read32(this Span<byte> bytes, int position) =>
        BinaryPrimitives.ReadUInt32BigEndian(bytes[position..]);

    public static void Write16(this Span<byte> bytes, int position, int value) =>
        BinaryPrimitives.WriteUInt16BigEndian(bytes[position..], (ushort)value);

    public static void Write32(this Span<byte> bytes, int position, uint value) =>
        BinaryPrimitives.WriteUInt32BigEndian(bytes[position..], value);
}
