// Changes to well-formed frames that leave them well-formed: tags, fragments, options, extension headers, other protocols. For tests that need
// frames which FrameWriter does not write. Each returns a new frame; untagged frames only, but for WithTag.

using System.Buffers.Binary;
using PacketSwitch.Wire;

namespace PacketSwitch.Tests.DataPlane;

internal static class FrameEdits
{
    private const int Ethernet = 14;
    private const int Ipv4Header = 20;
    private const int Ipv6Header = 40;

    /// <summary>Puts a tag before all others.</summary>
    public static byte[] WithTag(byte[] frame, ushort tag, ushort type = EtherTypes.Vlan)
        => [.. frame[..12], (byte)(type >> 8), (byte)type, (byte)(tag >> 8), (byte)tag, .. frame[12..]];

    /// <summary>The same IP payload under another protocol number; its checksum is none of that protocol's.</summary>
    public static byte[] WithProtocol(byte[] frame, byte protocol)
    {
        byte[] result = [.. frame];
        result[Ethernet + (IsV6(frame) ? 6 : 9)] = protocol;
        Finish(result);
        return result;
    }

    /// <summary>The packet as a fragment of a larger one; the payload stays as it is.</summary>
    public static byte[] AsFragment(byte[] frame, int offsetBytes, bool more, ushort identification = 1)
    {
        int field = offsetBytes | (more ? 1 : 0);
        if (IsV6(frame))
        {
            byte next = frame[Ethernet + 6];
            byte[] header = [next, 0, (byte)(field >> 8), (byte)field, 0, 0,
                (byte)(identification >> 8), (byte)identification];
            return WithExtension(frame, IpProtocol.Fragment, header);
        }
        byte[] result = [.. frame];
        Span<byte> packet = result.AsSpan(Ethernet);
        BinaryPrimitives.WriteUInt16BigEndian(packet[4..], identification);
        BinaryPrimitives.WriteUInt16BigEndian(packet[6..], (ushort)((offsetBytes / 8) | (more ? 0x2000 : 0)));
        Finish(result);
        return result;
    }

    /// <summary>IPv4 options that mean nothing, or a destination options header that says nothing.</summary>
    public static byte[] WithOptions(byte[] frame, int bytes)
    {
        if (IsV6(frame))
        {
            return WithExtension(frame, IpProtocol.DestinationOptions, Extension(frame));
        }
        byte[] options = new byte[bytes];
        Array.Fill(options, (byte)1);
        int end = Ethernet + Ipv4Header;
        byte[] result = [.. frame[..end], .. options, .. frame[end..]];
        result[Ethernet] = (byte)(0x40 | ((Ipv4Header + bytes) / 4));
        Grow(result.AsSpan(Ethernet + 2), bytes);
        Finish(result);
        return result;
    }

    /// <summary>
    /// Eight bytes of extension header before what follows the frame's IPv6 header: options that say nothing (PadN), or, as a routing header, of
    /// a type nobody uses with no segments left.
    /// </summary>
    public static byte[] Extension(byte[] frame) => [frame[Ethernet + 6], 0, 1, 4, 0, 0, 0, 0];

    /// <summary>Puts an IPv6 extension header behind the IPv6 header; its first byte must name what follows.</summary>
    public static byte[] WithExtension(byte[] frame, byte type, byte[] header)
    {
        int end = Ethernet + Ipv6Header;
        byte[] result = [.. frame[..end], .. header, .. frame[end..]];
        result[Ethernet + 6] = type;
        Grow(result.AsSpan(Ethernet + 4), header.Length);
        return result;
    }

    private static bool IsV6(byte[] frame) => frame[12] == 0x86;

    private static void Grow(Span<byte> length, int bytes)
        => BinaryPrimitives.WriteUInt16BigEndian(
            length, (ushort)(BinaryPrimitives.ReadUInt16BigEndian(length) + bytes));

    private static void Finish(byte[] frame)
    {
        if (!IsV6(frame) && Ipv4View.TryWrap(frame.AsSpan(Ethernet), out Ipv4View ip))
        {
            ip.CompleteHeaderChecksum();
        }
    }
}
