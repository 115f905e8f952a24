// Well-formed frames at random, for properties: both families, tags, options, extension headers,
// padding, and every protocol that has a view. The same Random gives the same frames.

using System.Buffers.Binary;
using PacketSwitch.Wire;

namespace PacketSwitch.Tests.Wire;

internal static class RandomFrames
{
    private const int EthernetLength = 14;

    /// <summary>One frame with right lengths and checksums.</summary>
    public static byte[] Next(Random random)
    {
        byte[] buffer = WireFrames.Filled(1_600);
        int length = random.Next(2) == 0
            ? Write(random, buffer, V4(random))
            : Write(random, buffer, V6(random));
        byte[] frame = buffer[..length];
        if (frame[12] == 0x08 && frame[13] == 0x00 && random.Next(3) == 0)
            frame = WithIpOptions(random, frame);
        if (random.Next(4) == 0)
            frame = Redress(random, frame);
        if (random.Next(3) == 0)
            frame = WithTags(random, frame);
        int padding = frame.Length < 60 && random.Next(2) == 0 ? 60 - frame.Length : 0;
        return [.. frame, .. new byte[padding]];
    }

    private static int Write<TAddress>(
        Random random, byte[] buffer, in FrameAddresses<TAddress> addresses)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        byte[] payload = new byte[random.Next(4) == 0 ? random.Next(1_400) : random.Next(20)];
        random.NextBytes(payload);
        if (random.Next(3) == 0)
            return FrameWriter.Udp(buffer, addresses, payload);
        // PacketDotNet cannot read the options of a segment with URG.
        TcpFlags flags = (TcpFlags)random.Next(256) & ~TcpFlags.Urg;
        ushort window = (ushort)random.Next(0x1_0000);
        uint sequence = (uint)random.NextInt64(1L << 32);
        uint acknowledgement = (uint)random.NextInt64(1L << 32);
        byte[] options = TcpOptions(random);
        return FrameWriter.Tcp(
            buffer, addresses, sequence, acknowledgement, flags, window, options, payload);
    }

    private static byte[] TcpOptions(Random random)
    {
        List<byte> options = [];
        if (random.Next(2) == 0)
            options.AddRange([2, 4, (byte)random.Next(256), (byte)random.Next(256)]);
        if (random.Next(2) == 0)
            options.AddRange([4, 2]);
        for (int count = random.Next(4); count > 0; count--)
            options.Add(1);
        if (random.Next(2) == 0)
            options.AddRange([3, 3, (byte)random.Next(15)]);
        if (random.Next(2) == 0)
            options.AddRange([8, 10, 1, 2, 3, 4, 5, 6, 7, 8]);
        return [.. options];
    }

    private static byte[] WithIpOptions(Random random, byte[] frame)
    {
        byte[] options = new byte[4 * random.Next(1, 11)];
        Array.Fill(options, (byte)1);
        int end = EthernetLength + 20;
        byte[] result = [.. frame[..end], .. options, .. frame[end..]];
        Span<byte> packet = result.AsSpan(EthernetLength);
        packet[0] = (byte)(0x40 | ((20 + options.Length) / 4));
        BinaryPrimitives.WriteUInt16BigEndian(packet[2..], (ushort)packet.Length);
        Complete(result);
        return result;
    }

    /// <summary>
    /// Gives the header fields that the writer leaves at their defaults other values.
    /// </summary>
    private static byte[] Redress(Random random, byte[] frame)
    {
        Span<byte> packet = frame.AsSpan(EthernetLength);
        if (packet[0] >> 4 == 6)
        {
            uint first = 0x6000_0000 | (uint)random.Next(1 << 28);
            BinaryPrimitives.WriteUInt32BigEndian(packet, first);
            return frame;
        }
        packet[1] = (byte)random.Next(256);
        BinaryPrimitives.WriteUInt16BigEndian(packet[4..], (ushort)random.Next(0x1_0000));
        packet[6] = (byte)(random.Next(2) * 0x40);
        Complete(frame);
        return frame;
    }

    private static byte[] WithTags(Random random, byte[] frame)
    {
        byte[] tag = [0x81, 0x00, (byte)random.Next(256), (byte)random.Next(1, 256)];
        byte[] service = [0x88, 0xa8, (byte)random.Next(256), (byte)random.Next(1, 256)];
        return random.Next(3) switch
        {
            0 => [.. frame[..12], .. service, .. tag, .. frame[12..]],
            1 => [.. frame[..12], .. tag, .. tag, .. frame[12..]],
            _ => [.. frame[..12], .. tag, .. frame[12..]],
        };
    }

    private static void Complete(byte[] frame)
    {
        if (!Ipv4View.TryWrap(frame.AsSpan(EthernetLength), out Ipv4View view))
            throw new InvalidOperationException("The generator made a malformed packet.");
        view.CompleteHeaderChecksum();
    }

    private static FrameAddresses<Ipv4Address> V4(Random random) => new()
    {
        SourceMac = Mac(random),
        DestinationMac = Mac(random),
        Source = new Ipv4Address((uint)random.NextInt64(1L << 32)),
        Destination = new Ipv4Address((uint)random.NextInt64(1L << 32)),
        SourcePort = Port(random),
        DestinationPort = Port(random),
        Ttl = (byte)random.Next(1, 256),
    };

    private static FrameAddresses<Ipv6Address> V6(Random random) => new()
    {
        SourceMac = Mac(random),
        DestinationMac = Mac(random),
        Source = new Ipv6Address((ulong)random.NextInt64(), (ulong)random.NextInt64()),
        Destination = new Ipv6Address((ulong)random.NextInt64(), (ulong)random.NextInt64()),
        SourcePort = Port(random),
        DestinationPort = Port(random),
        Ttl = (byte)random.Next(1, 256),
    };

    private static MacAddress Mac(Random random) => new((ulong)random.NextInt64());

    /// <summary>Above the ports by which PacketDotNet guesses what a payload is.</summary>
    private static ushort Port(Random random) => (ushort)random.Next(10_000, 0x1_0000);
}
