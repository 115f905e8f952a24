// Frames of documentation addresses as literal bytes, one header a line. Their checksums were
// computed and verified by other programs than this one. Every call gives a copy that a test may
// spoil.

namespace PacketSwitch.Tests.Wire;

internal static class WireFrames
{
    /// <summary>
    /// 02:..:01 192.0.2.1:1025 to 02:..:02 192.0.2.2:80; MSS, SACK, time stamps, scale 7.
    /// </summary>
    public static byte[] TcpSynV4() => Hex(
        "0200 0000 0002 0200 0000 0001 0800"
        + "4500 003c 1234 4000 4006 a484 c000 0201 c000 0202"
        + "0401 0050 0102 0304 0000 0000 a002 faf0 c0b3 0000"
        + "0204 05b4 0402 080a 0000 0001 0000 0000 0103 0307");

    /// <summary>192.0.2.1:5353 to 192.0.2.2:53 with the odd payload "abc".</summary>
    public static byte[] UdpV4() => Hex(
        "0200 0000 0002 0200 0000 0001 0800"
        + "4500 001f 0000 4000 4011 b6ca c000 0201 c000 0202"
        + "14e9 0035 000b a253"
        + "6162 63");

    /// <summary>2001:db8::1 port 49152 to 2001:db8::2 port 443, "hello".</summary>
    public static byte[] TcpV6() => Hex(
        "0200 0000 0002 0200 0000 0001 86dd"
        + "620a bcde 0019 0640"
        + "2001 0db8 0000 0000 0000 0000 0000 0001 2001 0db8 0000 0000 0000 0000 0000 0002"
        + "c000 01bb 0000 0001 0000 0002 5018 0200 4cc2 0000"
        + "6865 6c6c 6f");

    /// <summary>192.0.2.1 asks 192.0.2.2, identifier 0x77, sequence 3, "ping!".</summary>
    public static byte[] EchoV4() => Hex(
        "0200 0000 0002 0200 0000 0001 0800"
        + "4500 0021 0000 4000 4001 b6d8 c000 0201 c000 0202"
        + "0800 f7b4 0077 0003"
        + "7069 6e67 21");

    /// <summary>Who has 192.0.2.2? Tell 192.0.2.1 at 02:00:00:00:00:01.</summary>
    public static byte[] ArpRequest() => Hex(
        "ffff ffff ffff 0200 0000 0001 0806"
        + "0001 0800 06 04 0001"
        + "0200 0000 0001 c000 0201 0000 0000 0000 c000 0202");

    /// <summary>2001:db8::1 at 02:..:01 looks for 2001:db8::2.</summary>
    public static byte[] NeighborSolicitation() => Hex(
        "3333 ff00 0002 0200 0000 0001 86dd"
        + "6000 0000 0020 3aff"
        + "2001 0db8 0000 0000 0000 0000 0000 0001 ff02 0000 0000 0000 0000 0001 ff00 0002"
        + "8700 1c27 0000 0000 2001 0db8 0000 0000 0000 0000 0000 0002"
        + "0101 0200 0000 0001");

    /// <summary>2001:db8::2 answers 2001:db8::1: it is at 02:..:02; solicited, override.</summary>
    public static byte[] NeighborAdvertisement() => Hex(
        "0200 0000 0001 0200 0000 0002 86dd"
        + "6000 0000 0020 3aff"
        + "2001 0db8 0000 0000 0000 0000 0000 0002 2001 0db8 0000 0000 0000 0000 0000 0001"
        + "8800 8a71 6000 0000 2001 0db8 0000 0000 0000 0000 0000 0002"
        + "0201 0200 0000 0002");

    /// <summary>All of them, for tests that hold for any good frame.</summary>
    public static byte[][] All() =>
    [
        TcpSynV4(), UdpV4(), TcpV6(), EchoV4(), ArpRequest(), NeighborSolicitation(),
        NeighborAdvertisement(),
    ];

    /// <summary>Reads hexadecimal digits; blanks are for the reader.</summary>
    public static byte[] Hex(string digits) => Convert.FromHexString(digits.Replace(" ", ""));

    /// <summary>
    /// A buffer whose every byte is 0xa5, so that a byte forgotten by a writer shows.
    /// </summary>
    public static byte[] Filled(int length)
    {
        byte[] buffer = new byte[length];
        Array.Fill(buffer, (byte)0xa5);
        return buffer;
    }
}
