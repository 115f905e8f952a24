// Says when nobody can still be looking at something that was unlinked (epoch-based reclamation).
// Each loop (and each reader of the control plane) enters before it reads shared tables and exits after its burst.
//
// Memory order. Retire: the slot is unlinked by an interlocked operation, then the global epoch is incremented by another;
// the new value is the stamp. Enter: the global epoch is read, written to the participant's own word, and a full fence
// stands before its first table read. Case A, the participant's word was written before the reclaimer scanned it: the scan
// sees a value below the stamp (or the participant read the epoch after the increment, hence its table reads come after the
// unlink and cannot find the slot) and waits. Case B, the scan read the word before it was written: the unlink precedes the
// scan, the scan precedes the write, the fence orders the write before the table reads, so they see the slot unlinked.
// In neither case does a participant hold a slot that is given out again.

using System.Runtime.CompilerServices;

namespace PacketSwitch.DataPlane;

/// <summary>Epochs of a set of participants. <see cref="Enter"/> and <see cref="Exit"/> are not reentrant.</summary>
public sealed class EpochDomain
{
    private const int Participants = Limits.MaxLoops + 8;
    private const int Stride = 16; // longs: two cache lines apart, so that participants do not share one
    private const long Outside = long.MaxValue;

    private readonly long[] _local = new long[(Participants + 1) * Stride];
    private long _global = 1;
    private int _registered;

    /// <summary>Creates a domain without participants.</summary>
    public EpochDomain()
    {
        for (int participant = 0; participant < Participants; participant++)
        {
            Word(participant) = Outside;
        }
    }

    /// <summary>Adds a participant and returns its number. Bounded by <see cref="Limits.MaxLoops"/> and 8 readers.</summary>
    /// <exception cref="InvalidOperationException">All numbers are taken.</exception>
    public int Register()
    {
        int participant = Interlocked.Increment(ref _registered) - 1;
        return participant < Participants
            ? participant
            : throw new InvalidOperationException($"at most {Participants} loops and readers share a session table");
    }

    /// <summary>From here to <see cref="Exit"/> nothing the participant can find is reused.</summary>
    public void Enter(int participant)
    {
        Volatile.Write(ref Word(participant), Volatile.Read(ref _global));
        Interlocked.MemoryBarrier();
    }

    /// <summary>The participant holds nothing any more.</summary>
    public void Exit(int participant) => Volatile.Write(ref Word(participant), Outside);

    /// <summary>The stamp of something that has just been unlinked.</summary>
    public long Stamp() => Interlocked.Increment(ref _global);

    /// <summary>Everything stamped with this or less may be reused.</summary>
    public long Reusable()
    {
        long oldest = Outside;
        int registered = Math.Min(Volatile.Read(ref _registered), Participants);
        for (int participant = 0; participant < registered; participant++)
        {
            oldest = Math.Min(oldest, Volatile.Read(ref Word(participant)));
        }
        return oldest;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref long Word(int participant) => ref _local[(participant + 1) * Stride];
}
