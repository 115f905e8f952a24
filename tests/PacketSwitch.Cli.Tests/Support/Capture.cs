// Capture files for tests: written in every flavour that a person may bring, and read back as the program writes
// them. Apart from the program's own reader and writer, so that a mistake there does not cancel out.

using System.Buffers.Binary;

namespace PacketSwitch.Cli.Tests.Support;

/// <summary>A frame and when it was captured, in nanoseconds since 1970.</summary>
internal sealed record Stamped(long TimeNs, byte[] Bytes);

internal static class Capture
{
    public const int EthernetLink = 1;

    private const int FileHeaderBytes = 24;
    private const int FrameHeaderBytes = 16;

    /// <summary>A classic pcap file.</summary>
    /// <param name="cutAt">Bytes kept of each frame, as with a short snap length.</param>
    public static byte[] Pcap(
        IEnumerable<Stamped> frames, bool bigEndian = false, bool nanoseconds = true, int linkType = EthernetLink,
        int cutAt = int.MaxValue)
    {
        var file = new List<byte>();
        uint magic = nanoseconds ? 0xa1b23c4d : 0xa1b2c3d4;
        Add32(file, magic, bigEndian);
        Add16(file, 2, bigEndian);
        Add16(file, 4, bigEndian);
        foreach (uint number in new uint[] { 0, 0, 262_144, (uint)linkType })
            Add32(file, number, bigEndian);
        foreach (Stamped frame in frames)
        {
            (long seconds, long fraction) = Math.DivRem(frame.TimeNs, 1_000_000_000);
            int kept = Math.Min(frame.Bytes.Length, cutAt);
            Add32(file, (uint)seconds, bigEndian);
            Add32(file, (uint)(nanoseconds ? fraction : fraction / 1000), bigEndian);
            Add32(file, (uint)kept, bigEndian);
            Add32(file, (uint)frame.Bytes.Length, bigEndian);
            file.AddRange(frame.Bytes[..kept]);
        }
        return [.. file];
    }

    /// <summary>A pcapng file with one interface and nanosecond stamps.</summary>
    public static byte[] PcapNg(IEnumerable<Stamped> frames, bool bigEndian = false)
    {
        var file = new List<byte>();
        var body = new List<byte>();
        Add32(body, 0x1a2b3c4d, bigEndian);
        Add16(body, 1, bigEndian);
        Add16(body, 0, bigEndian);
        Add32(body, 0xffffffff, bigEndian);
        Add32(body, 0xffffffff, bigEndian);
        AddBlock(file, 0x0a0d0d0a, body, bigEndian);

        Add16(body, EthernetLink, bigEndian);
        Add16(body, 0, bigEndian);
        Add32(body, 262_144, bigEndian);
        Add16(body, 9, bigEndian); // if_tsresol
        Add16(body, 1, bigEndian);
        body.AddRange([9, 0, 0, 0]);
        Add32(body, 0, bigEndian);
        AddBlock(file, 1, body, bigEndian);

        foreach (Stamped frame in frames)
        {
            Add32(body, 0, bigEndian);
            Add32(body, (uint)(frame.TimeNs >> 32), bigEndian);
            Add32(body, (uint)frame.TimeNs, bigEndian);
            Add32(body, (uint)frame.Bytes.Length, bigEndian);
            Add32(body, (uint)frame.Bytes.Length, bigEndian);
            body.AddRange(frame.Bytes);
            AddBlock(file, 6, body, bigEndian);
        }
        return [.. file];
    }

    /// <summary>Reads a little-endian classic pcap, which is what the program writes; micro- and nanoseconds.</summary>
    public static Stamped[] Read(string path)
    {
        byte[] file = File.ReadAllBytes(path);
        uint magic = BinaryPrimitives.ReadUInt32LittleEndian(file);
        long unit = magic switch
        {
            0xa1b23c4d => 1,
            0xa1b2c3d4 => 1000,
            _ => throw new InvalidDataException($"{path} is no little-endian pcap"),
        };
        var frames = new List<Stamped>();
        for (int at = FileHeaderBytes; at < file.Length;)
        {
            long seconds = BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at));
            long fraction = BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at + 4));
            int length = BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(at + 8));
            at += FrameHeaderBytes;
            frames.Add(new Stamped((seconds * 1_000_000_000) + (fraction * unit), file[at..(at + length)]));
            at += length;
        }
        return [.. frames];
    }

    // A block is its type, its length, the body filled up to four bytes, and the length again.
    private static void AddBlock(List<byte> file, uint type, List<byte> body, bool bigEndian)
    {
        while (body.Count % 4 != 0)
            body.Add(0);
        Add32(file, type, bigEndian);
        Add32(file, (uint)body.Count + 12, bigEndian);
        file.AddRange(body);
        Add32(file, (uint)body.Count + 12, bigEndian);
        body.Clear();
    }

    private static void Add16(List<byte> bytes, ushort value, bool bigEndian)
    {
        byte[] two = new byte[2];
        if (bigEndian)
            BinaryPrimitives.WriteUInt16BigEndian(two, value);
        else
            BinaryPrimitives.WriteUInt16LittleEndian(two, value);
        bytes.AddRange(two);
    }

    private static void Add32(List<byte> bytes, uint value, bool bigEndian)
    {
        byte[] four = new byte[4];
        if (bigEndian)
            BinaryPrimitives.WriteUInt32BigEndian(four, value);
        else
            BinaryPrimitives.WriteUInt32LittleEndian(four, value);
        bytes.AddRange(four);
    }
}
