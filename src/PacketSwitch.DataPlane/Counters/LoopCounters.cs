// What one loop counts. Written by: its loop, plain adds. Read by: control, at any time; a reader may see a frame counted as received
// and not yet as transmitted, punted or dropped, until the burst is over.

namespace PacketSwitch.DataPlane;

/// <summary>The counters of one loop. The sum received = transmitted + punted + dropped + held holds between bursts.</summary>
public sealed class LoopCounters
{
    /// <summary>Frames received.</summary>
    public long Received;

    /// <summary>Frames that left on at least one port.</summary>
    public long Transmitted;

    /// <summary>Frames that the control plane took.</summary>
    public long Punted;

    /// <summary>Frames that wait for a neighbour's address now.</summary>
    public long Held;

    /// <summary>Frames the switch made itself.</summary>
    public long Originated;

    /// <summary>Sessions opened, and ended.</summary>
    public long Opened;
    public long Ended;

    /// <summary>Half-open sessions that made room for new ones in a nearly full table.</summary>
    public long Evicted;

    /// <summary>Frames that went without a session because the table was full.</summary>
    public long Stateless;

    /// <summary>Clients whose binding to a server was given up for another client's: the table is full there.</summary>
    public long BindingsLost;

    /// <summary>Frames whose unfinished checksum was completed before sending.</summary>
    public long CompletedChecksums;

    /// <summary>Frames that the offload carried; received and transmitted count them too.</summary>
    public long Offloaded;

    /// <summary>Super-frames that were cut into segments.</summary>
    public long SegmentedFrames;

    /// <summary>Frames that met an unexpected exception.</summary>
    public long Faults;

    /// <summary>Dropped frames by <see cref="DropReason"/>.</summary>
    public readonly long[] Dropped = new long[256];

    /// <summary>Traffic by real server number.</summary>
    public readonly RealTraffic[] Reals = new RealTraffic[Limits.MaxIdentifier];

    /// <summary>All dropped frames.</summary>
    public long DroppedTotal
    {
        get
        {
            long total = 0;
            foreach (long dropped in Dropped)
            {
                total += dropped;
            }
            return total;
        }
    }
}

/// <summary>Frames and octets to and from a real server.</summary>
public struct RealTraffic
{
    public long PacketsTo;
    public long BytesTo;
    public long PacketsFrom;
    public long BytesFrom;
}
