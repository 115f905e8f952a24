// The Internet checksum written as its definition reads: the reference that the fast one must
// equal.

namespace PacketSwitch.Tests.Wire;

internal static class NaiveChecksum
{
    /// <summary>The sum of all big-endian 16-bit words; an odd last byte is a high half.</summary>
    public static uint Sum(ReadOnlySpan<byte> data)
    {
        uint sum = 0;
        for (int at = 0; at < data.Length; at++)
            sum += at % 2 == 0 ? (uint)data[at] << 8 : data[at];
        return sum;
    }

    public static ushort Checksum(ReadOnlySpan<byte> data)
    {
        uint sum = Sum(data);
        while (sum > 0xffff)
            sum = (sum & 0xffff) + (sum >> 16);
        return (ushort)~sum;
    }
}
