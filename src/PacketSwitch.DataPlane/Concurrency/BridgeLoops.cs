// Finds out that two ports are on one segment, and takes one of them out of the bridge, so that no
// broadcast goes round and round. Shared by all loops; used by Bridge.
//
// Whatever is flooded leaves a trace: a word with a hash of the frame's bytes, the port it came in
// on and the tick. The same bytes at another port within a moment came there over a segment that
// both share; the port they come back to stops bridging for a while, which is prolonged as long as
// it goes on. Sessions, ARP for the switch and what it sends itself are not affected: only the
// bridge can make a loop.
//
// Written by: any loop; each trace and each port's time is one word and right by itself. Two loops
// may see each other's trace at once and block each the other's port: whoever blocks writes first
// and looks at the other port afterwards (a fence between), so at least one of them sees both
// blocked, and lets the one with the lower index go, though it be the other loop that blocked it.

using System.Buffers.Binary;

namespace PacketSwitch.DataPlane;

/// <summary>Traces of flooded frames, and the ports that do not bridge.</summary>
public sealed class BridgeLoops
{
    private const int HashShift = 32;
    private const int PortShift = 24;
    private const uint TickMask = 0xff_ffff;

    private static readonly uint TraceTicks =
        (uint)Limits.FloodTraceMilliseconds * Ticks.PerSecond / 1000;
    private static readonly uint BlockTicks = Ticks.FromSeconds(Limits.LoopBlockSeconds);

    private readonly ulong[] _traces = new ulong[Limits.FloodTraces];
    private readonly uint[] _blockedUntil = new uint[Limits.MaxPorts]; // 0: not blocked.

    /// <summary>
    /// Notes a frame that is to be flooded. Index of the port it has just come in on before, when
    /// that is another one, or -1.
    /// </summary>
    public int Note(ReadOnlySpan<byte> frame, int port, uint now)
    {
        ulong hash = HashOf(frame);
        ref ulong slot = ref _traces[hash & (Limits.FloodTraces - 1)];
        ulong place = ((ulong)(uint)port << PortShift) | (now & TickMask);
        ulong trace = (hash >> HashShift << HashShift) | place;
        ulong before = Volatile.Read(ref slot);
        Volatile.Write(ref slot, trace);
        int other = (int)(before >> PortShift) & 0xff;
        uint age = (now - (uint)before) & TickMask;
        bool same = before != 0 && before >> HashShift == hash >> HashShift;
        return same && other != port && age <= TraceTicks ? other : -1;
    }

    /// <summary>
    /// Takes the port out of the bridge for a while, or keeps the other one out that is out
    /// already. True when that is news, or was longer than a second ago.
    /// </summary>
    public bool Block(int port, int other, uint now)
    {
        uint until = (now + BlockTicks) | 1;
        if (IsBlocked(other, now))
        {
            Volatile.Write(ref _blockedUntil[other], until);
            LetLowerGo(port, other, now);
            return false;
        }
        bool wasBlocked = IsBlocked(port, now);
        uint later = until - Volatile.Read(ref _blockedUntil[port]);
        bool isNews = !wasBlocked || later >= Ticks.PerSecond;
        if (wasBlocked && !isNews)
        {
            return false;
        }
        Volatile.Write(ref _blockedUntil[port], until);
        return !LetLowerGo(port, other, now) || port > other;
    }

    // Of two blocked ports the lower one is let go, by whoever sees both, whichever it blocked
    // itself.
    private bool LetLowerGo(int port, int other, uint now)
    {
        Interlocked.MemoryBarrier();
        bool both = IsBlocked(port, now) && IsBlocked(other, now);
        if (both)
        {
            Volatile.Write(ref _blockedUntil[Math.Min(port, other)], 0);
        }
        return both;
    }

    /// <summary>True while the port does not bridge.</summary>
    public bool IsBlocked(int port, uint now)
    {
        uint until = Volatile.Read(ref _blockedUntil[port]);
        return until != 0 && (int)(until - now) > 0;
    }

    // All of it: what differs between two broadcasts (an address, a sequence number) lies
    // anywhere in them.
    private static ulong HashOf(ReadOnlySpan<byte> frame)
    {
        ulong hash = 0xcbf2_9ce4_8422_2325 ^ (ulong)frame.Length;
        while (frame.Length >= sizeof(ulong))
        {
            hash = AddressHash.Mix(hash ^ BinaryPrimitives.ReadUInt64LittleEndian(frame));
            frame = frame[sizeof(ulong)..];
        }
        foreach (byte rest in frame)
        {
            hash = (hash ^ rest) * 0x0000_0100_0000_01b3;
        }
        return AddressHash.Mix(hash);
    }
}
