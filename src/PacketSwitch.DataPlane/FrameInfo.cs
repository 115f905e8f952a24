// What is known of a received frame: where its headers are, who it is from, and how it ended. Written by Classifier, then by
// Forwarder and SlowPath; read by the transmit stage, the counters and the tracer. One per frame of a burst.

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using PacketSwitch.Wire;

namespace PacketSwitch.DataPlane;

/// <summary>Which way a frame goes through the switch.</summary>
public enum FrameKind : byte
{
    /// <summary>Ended in Classifier; the verdict is set.</summary>
    Decided,

    /// <summary>TCP or UDP over IPv4, whole: looked up in the session table.</summary>
    Flow4,

    /// <summary>TCP or UDP over IPv6, whole: looked up in the session table.</summary>
    Flow6,

    /// <summary>IPv4 that needs thought: ICMP, fragments, other protocols.</summary>
    Ipv4,

    /// <summary>IPv6 that needs thought: ICMPv6, fragments, other protocols.</summary>
    Ipv6,

    /// <summary>ARP.</summary>
    Arp,

    /// <summary>Neither IP nor ARP: bridged.</summary>
    Other,
}

/// <summary>The description of one frame.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct FrameInfo
{
    // What SetTcp writes, from here on ...
    public uint Sequence;
    public uint Acknowledgement;
    public ushort Window;
    public TcpFlags TcpFlags;

    /// <summary>Copies of the frame that were given to ports, and of those how many were not
    /// sent.</summary>
    public byte Copies;
    public byte FailedCopies;

    public DropReason Drop;

    /// <summary>802.1Q tags before the EtherType, 0 to 2.</summary>
    public byte VlanTags;

    /// <summary>A fragment (IPv4 or IPv6), first or later.</summary>
    public bool IsFragment;

    // ... to here.
    public FrameKind Kind;
    public Verdict Verdict;
    public PassReason Pass;

    /// <summary>IP protocol of the upper layer.</summary>
    public byte Protocol;

    /// <summary>Index of the port it came in on.</summary>
    public byte Port;

    /// <summary>Longer than the port it came from carries: TCP segments joined by an offload.</summary>
    public bool IsSuperFrame;

    /// <summary>A flow's frame of which nothing needs thought: no tag, no IPv4 options or IPv6
    /// extension headers, no SYN, FIN or RST, no super-frame.</summary>
    public bool IsPlain;

    /// <summary>The outer tag (TCI), 0 when untagged.</summary>
    public ushort VlanTag;

    public ushort EtherType;

    /// <summary>Where the IP header starts, from the start of the frame.</summary>
    public ushort NetworkOffset;

    /// <summary>Where the TCP, UDP or ICMP header starts.</summary>
    public ushort TransportOffset;

    /// <summary>Bytes from the transport header to the end of the IP packet (Ethernet padding excluded).</summary>
    public int TransportLength;

    /// <summary>Bytes of TCP or UDP payload.</summary>
    public int PayloadLength;

    /// <summary>Hash of the flow key, and the flow that the index guesses.</summary>
    public ulong Hash;
    public int Guess;

    /// <summary>Virtual server and real server it was matched to, 0 when none.</summary>
    public ushort Virt;
    public ushort Real;

    /// <summary>Number of the frame among those this loop received, from 1.</summary>
    public long Number;

    /// <summary>Ports it was given to, by index.</summary>
    public ulong OutPorts;

    /// <summary>The VLAN of the outer tag.</summary>
    public readonly ushort VlanId => (ushort)(VlanTag & 0xfff);

    /// <summary>
    /// Sets what a TCP header says, at once: numbers, window and flags in the order of the fields
    /// here. The fields behind them, which share the sixteen bytes, must be zero and become so.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void SetTcp(Vector128<byte> fields)
        => Unsafe.As<uint, Vector128<byte>>(ref Sequence) = fields;

    /// <summary>Ends the frame as dropped.</summary>
    public void Dropped(DropReason reason)
    {
        Verdict = Verdict.Drop;
        Drop = reason;
    }

    /// <summary>Ends the frame as taken by the control plane.</summary>
    public void Punted(PassReason reason)
    {
        Verdict = Verdict.Punt;
        Pass = reason;
    }
}
