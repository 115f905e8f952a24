// Capture files byte by byte, apart from the code under test: pcap in every byte order and
// resolution (the libpcap format, draft-ietf-opsawg-pcap) and pcapng (draft-ietf-opsawg-pcapng).

using System.Buffers.Binary;

namespace PacketSwitch.Tests.PacketIo;

internal static class CaptureBytes
{
    public const int FileHeaderBytes = 24;
    public const int FrameHeaderBytes = 16;

    public static byte[] Pcap(
        bool isBigEndian,
        bool isNanosecond,
        int linkType,
        params (uint Seconds, uint Fraction, byte[] Bytes)[] frames)
    {
        List<byte> file = [];
        void Put(uint value)
        {
            byte[] bytes = new byte[4];
            if (isBigEndian) BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
            else BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
            file.AddRange(bytes);
        }
        Put(isNanosecond ? 0xa1b23c4d : 0xa1b2c3d4);
        Put(isBigEndian ? 0x0002_0004u : 0x0004_0002u);
        Put(0);
        Put(0);
        Put(65_535);
        Put((uint)linkType);
        foreach ((uint seconds, uint fraction, byte[] bytes) in frames)
        {
            Put(seconds);
            Put(fraction);
            Put((uint)bytes.Length);
            Put((uint)bytes.Length + 5);
            file.AddRange(bytes);
        }
        return [.. file];
    }

    /// <summary>A pcapng file with one Ethernet interface whose clock ticks in
    /// nanoseconds.</summary>
    public static byte[] PcapNg(params (ulong TimeNs, byte[] Bytes)[] frames)
    {
        List<byte> file = [];
        byte[] unknownLength = [.. Word(uint.MaxValue), .. Word(uint.MaxValue)];
        AddBlock(file, 0x0a0d0d0a, [.. Word(0x1a2b3c4d), 1, 0, 0, 0, .. unknownLength]);
        byte[] resolution = [9, 0, 1, 0, 9, 0, 0, 0, 0, 0, 0, 0];
        AddBlock(file, 1, [1, 0, 0, 0, .. Word(65_535), .. resolution]);
        foreach ((ulong timeNs, byte[] bytes) in frames)
        {
            byte[] padding = new byte[(4 - (bytes.Length % 4)) % 4];
            AddBlock(file, 6,
            [
                .. Word(0), .. Word((uint)(timeNs >> 32)), .. Word((uint)timeNs),
                .. Word((uint)bytes.Length), .. Word((uint)bytes.Length), .. bytes, .. padding,
            ]);
        }
        return [.. file];
    }

    private static void AddBlock(List<byte> file, uint type, byte[] body)
    {
        uint length = (uint)body.Length + 12;
        file.AddRange([.. Word(type), .. Word(length), .. body, .. Word(length)]);
    }

    private static byte[] Word(uint value)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        return bytes;
    }
}
