// The source ports of one proxy address towards one real server and port: which are taken. Two sessions never share one (RFC 4787 REQ-3, RFC
// 5382 REQ-7: no port overloading). Shared by all loops; a port is taken and given back by compare-and-swap on a word of the bitmap, so each
// bit has one owner at a time.

using System.Numerics;

namespace PacketSwitch.DataPlane;

/// <summary>Ports 1024 to 65535 of one (proxy address, real server, real port, protocol).</summary>
public sealed class PortPool
{
    /// <summary>The first port given out; well-known ports are not.</summary>
    public const int FirstPort = 1024;

    /// <summary>Ports of a pool.</summary>
    public const int Ports = 65_536 - FirstPort;

    private const int Words = Ports / 64;

    // Coprime to the number of words: every word is visited, and a port that was given back rests as long as possible.
    private const int Stride = 397;

    private readonly ulong[] _taken = new ulong[Words];
    private readonly int _firstBit;
    private int _cursor;
    private int _count;

    /// <summary>
    /// Makes one with all ports free. Pools whose <paramref name="firstTurn"/> differs give out
    /// their ports in different orders.
    /// </summary>
    public PortPool(uint firstTurn = 0)
    {
        _cursor = (int)(firstTurn % Words);
        _firstBit = (int)(firstTurn / Words % 64);
    }

    /// <summary>Ports in use.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Takes a free port; false when all are taken.</summary>
    public bool TryTake(out ushort port)
    {
        port = 0;
        uint start = (uint)Interlocked.Add(ref _cursor, Stride) % Words;
        for (uint step = 0; step < Words; step++)
        {
            uint word = (start + step) % Words;
            ulong seen = Volatile.Read(ref _taken[word]);
            while (seen != ulong.MaxValue)
            {
                ulong free = BitOperations.RotateRight(~seen, _firstBit);
                int bit = (BitOperations.TrailingZeroCount(free) + _firstBit) % 64;
                ulong found = Interlocked.CompareExchange(ref _taken[word], seen | (1UL << bit), seen);
                if (found == seen)
                {
                    Interlocked.Increment(ref _count);
                    port = (ushort)(FirstPort + (word * 64) + (uint)bit);
                    return true;
                }
                seen = found;
            }
        }
        return false;
    }

    /// <summary>Gives a port back that this pool gave out.</summary>
    public void Give(ushort port)
    {
        int place = port - FirstPort;
        Interlocked.And(ref _taken[place / 64], ~(1UL << (place % 64)));
        Interlocked.Decrement(ref _count);
    }
}
