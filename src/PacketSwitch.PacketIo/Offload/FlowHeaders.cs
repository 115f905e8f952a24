// Where the headers of a frame lie for our programs, as offsets from its first byte.

namespace PacketSwitch.PacketIo;

/// <summary>Offsets of one address family: Ethernet, IP without options, TCP.</summary>
internal sealed record FlowHeaders(
    bool IsV6, int EtherType, int Addresses, int AddressBytes, int Transport, int KeyBytes)
{
    public const int Network = 14;
    public const int TcpBytes = 20;

    public static readonly FlowHeaders V4 = new(false, 0x0800, 26, 8, 34, FlowSlot.KeyBytes4);
    public static readonly FlowHeaders V6 = new(true, 0x86dd, 22, 32, 54, FlowSlot.KeyBytes6);

    /// <summary>Bytes up to the end of the TCP header without options.</summary>
    public int Bytes => Transport + TcpBytes;

    public int IpBytes => Transport - Network;

    public int Sequence => Transport + 4;

    public int Acknowledgement => Transport + 8;

    public int DataOffset => Transport + 12;

    public int Flags => Transport + 13;

    public int Window => Transport + 14;

    public int Checksum => Transport + 16;
}
