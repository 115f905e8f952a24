// A divided datagram as FragmentTable remembers it. Plain data; its fragments' bounds lie beside
// it in the table.

namespace PacketSwitch.DataPlane;

/// <summary>What is known of a divided datagram.</summary>
public struct Datagram
{
    public FragmentKey Key;
    public FragmentDecision Decision;

    /// <summary>Why its fragments are dropped, when they are.</summary>
    public DropReason Reason;

    /// <summary>The first fragment's protocol and ports, with which its session is found.</summary>
    public byte Protocol;
    public ushort SourcePort;
    public ushort DestinationPort;

    /// <summary>The real server of the session: no fragment goes to another.</summary>
    public ushort Real;

    /// <summary>Fragments seen, and their bytes.</summary>
    public int Fragments;
    public int SeenBytes;

    /// <summary>The end of the fragment farthest behind.</summary>
    public int HighestByte;

    /// <summary>The datagram's length, 0 until the last fragment has come.</summary>
    public int LengthBytes;

    /// <summary>When a decided datagram is forgotten.</summary>
    public long DeadlineNs;

    internal int NextInBucket;
    internal int Older;
    internal int Newer;

    /// <summary>Every byte of it has been seen.</summary>
    public readonly bool IsWhole => LengthBytes > 0 && SeenBytes == LengthBytes;
}
