// Frames for the tests of the ports: numbered, of an ether type that nothing else on a wire uses
// (IEEE 802 local experimental), so that what the kernel sends by itself is told apart.

using System.Buffers.Binary;
using PacketSwitch.DataPlane;

namespace PacketSwitch.Tests.PacketIo;

internal static class TestFrames
{
    public const ushort EtherType = 0x88b5;
    private const int NumberOffset = 14;

    public static byte[] Make(int number, int length = 64)
    {
        byte[] frame = new byte[length];
        for (int i = 0; i < length; i++) frame[i] = (byte)(i * 7);
        new byte[] { 0x02, 0, 0, 0, 0, 1, 0x02, 0, 0, 0, 0, 2 }.CopyTo(frame, 0);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(12), EtherType);
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(NumberOffset), number);
        return frame;
    }

    public static byte[][] MakeMany(int count, int length = 64)
    {
        return [.. Enumerable.Range(0, count).Select(number => Make(number, length))];
    }

    public static bool IsOurs(ReadOnlySpan<byte> frame) =>
        frame.Length >= NumberOffset + 4
        && BinaryPrimitives.ReadUInt16BigEndian(frame[12..]) == EtherType;

    public static int Number(ReadOnlySpan<byte> frame) =>
        BinaryPrimitives.ReadInt32BigEndian(frame[NumberOffset..]);

    /// <summary>Descriptors of frames that stay where they are: each is copied to pinned
    /// memory.</summary>
    public static FrameDescriptor[] Describe(params byte[][] frames)
    {
        return [.. frames.Select(Describe)];
    }

    private static FrameDescriptor Describe(byte[] frame)
    {
        var memory = new FrameMemory(1, frame.Length);
        Kept.Add(memory);
        frame.CopyTo(memory.Slot(0));
        return memory.Describe(0, frame.Length);
    }

    // Descriptors hold addresses, not references; this keeps their bytes for the life of the test
    // process.
    private static readonly System.Collections.Concurrent.ConcurrentBag<FrameMemory> Kept = [];
}
