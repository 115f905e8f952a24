// Something below the loops that can carry the frames of long connections by itself, so that their
// payload need not pass through the process: the kernel (KernelFlows in PacketIo). Used by
// OffloadKeeper, never per frame of a session that the loops carry.

namespace PacketSwitch.DataPlane;

/// <summary>Carries both directions of chosen sessions as their rewrites say. Called by any
/// loop.</summary>
/// <remarks>
/// It takes only TCP frames without SYN, FIN or RST that fit what was described, and none that
/// would overtake one of the same direction in a loop; all others reach the loops as ever. What it
/// forwards it counts once as received and once as sent.
/// </remarks>
public abstract class FlowOffload
{
    /// <summary>Sessions that can be carried at a time; they are numbered from 1 to this.</summary>
    public abstract int Capacity { get; }

    /// <summary>Moves when it has ended sessions by itself, because a port took no part for a
    /// moment. They are to be given up and may be taken again.</summary>
    public virtual long Changes => 0;

    /// <summary>Takes a session and returns its number, or 0 when it cannot: no room, or a port
    /// that takes no part.</summary>
    public abstract int TryTake(in OffloadedFlow fromClient, in OffloadedFlow fromServer);

    /// <summary>
    /// A loop has sent everything of a direction that it received up to a TCP sequence number. A
    /// direction is carried from the first frame on that begins there.
    /// </summary>
    public abstract void Sent(int number, bool fromClient, uint sequenceEnd);

    /// <summary>What was carried in a direction since the last call. Called by one loop at a
    /// time.</summary>
    public abstract OffloadTally Collect(int number, bool fromClient);

    /// <summary>Carries no further frames of the session; the loops get them again.</summary>
    public abstract void End(int number);

    /// <summary>The number may be given to another session: some time after <see cref="End"/>, so
    /// that no frame is still on its way with it.</summary>
    public abstract void Free(int number);
}
