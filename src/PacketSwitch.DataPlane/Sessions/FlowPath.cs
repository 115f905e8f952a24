// The word of a flow entry that says where the session's client is, and in its lowest bits what may
// be done with a frame without a look at anything else. Moved by any loop, read by the per-frame
// path once for each frame.
//
// Where the client is stands in the entries of both directions: in the server's because answers go
// there, in the client's to see that it has moved. The server's is the one that counts. A loop that
// moves the client writes that one first (full fence), copies it, and looks whether it is still
// what was copied (behind the fence of the copy). Whoever copies something outdated sees so and
// copies again; so the last copy is one of the last move.
//
// Settled says that the shared state need not be looked at: the session is live, established or
// without a TCP stage, not carried below the loops, untagged. Whoever settles a flow sets the bit
// (full fence) and then reads the state; whoever makes one of these untrue changes the state (full
// fence) and then takes the bit from both entries. At least one of them sees what the other did, so
// the bit does not stay. A loop that has read the bit just before forwards that frame as it would
// have done had it read the state just before.

using System.Runtime.CompilerServices;
using PacketSwitch.Wire;

namespace PacketSwitch.DataPlane;

/// <summary>Reads and moves <see cref="FlowEntry{TAddress}.Path"/>: a MAC as it lies in
/// memory (<see cref="MacAddress.Word"/>) in the upper 48 bits, a port index in the next 8, bits in
/// the last 8.</summary>
public static class FlowPath
{
    /// <summary>Frames are forwarded by the flow's entry alone.</summary>
    public const ulong Settled = 1;

    /// <summary>The window of the entry is a SYN's: it is not to be scaled (RFC 7323 section
    /// 2.2).</summary>
    public const ulong WholeWindow = 2;

    private const ulong Bits = 0xff;
    private const int PortShift = 8;

    /// <summary>Packs where a client is reached.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Attachment(ulong mac, int port)
        => AttachmentOfWord(MacAddress.ToWord(mac), port);

    /// <summary>The same of a MAC as it lies in memory.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong AttachmentOfWord(ulong macWord, int port)
        => macWord | ((ulong)(uint)port << PortShift);

    /// <summary>The word without its bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong AttachmentOf(ulong path) => path & ~Bits;

    /// <summary>The client's MAC.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong MacOf(ulong path) => MacAddress.FromWord(path);

    /// <summary>Index of the port the client is behind.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int PortOf(ulong path) => (int)((path >> PortShift) & 0xff);

    /// <summary>The word as it is now.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Read(ref ulong path) => Volatile.Read(ref path);

    /// <summary>Sets or takes bits. A full fence, unless nothing is to be changed.</summary>
    public static void Mark(ref ulong path, ulong bits, bool isSet)
    {
        if ((Volatile.Read(ref path) & bits) == (isSet ? bits : 0))
        {
            return;
        }
        if (isSet)
        {
            Interlocked.Or(ref path, bits);
        }
        else
        {
            Interlocked.And(ref path, ~bits);
        }
    }

    /// <summary>The client is somewhere else now.</summary>
    public static void Move(ref ulong clientPath, ref ulong serverPath, ulong attachment)
    {
        Attach(ref serverPath, attachment);
        ulong copied;
        do
        {
            copied = AttachmentOf(Volatile.Read(ref serverPath));
            Attach(ref clientPath, copied);
        }
        while (AttachmentOf(Volatile.Read(ref serverPath)) != copied);
    }

    private static void Attach(ref ulong path, ulong attachment)
    {
        ulong old = Volatile.Read(ref path);
        while (true)
        {
            ulong found = Interlocked.CompareExchange(ref path, attachment | (old & Bits), old);
            if (found == old)
            {
                return;
            }
            old = found;
        }
    }
}
