// When a routed frame last went to each neighbour, so that the control plane forgets hosts that nobody talks to. Written by: any loop.
// Read by: control. A tick is one word: whichever loop wrote last is near enough.

namespace PacketSwitch.DataPlane;

/// <summary>Ticks of last use by neighbour index.</summary>
public sealed class NeighborUse
{
    private readonly uint[] _ticks = new uint[Limits.MaxNeighbors];

    /// <summary>A frame goes to the neighbour.</summary>
    public void Note(int neighbor, uint now)
    {
        if (Volatile.Read(ref _ticks[neighbor]) != now)
        {
            Volatile.Write(ref _ticks[neighbor], now);
        }
    }

    /// <summary>The tick at which a frame last went to the neighbour, or to who had its index before; 0 for never.</summary>
    public uint LastTick(int neighbor) => Volatile.Read(ref _ticks[neighbor]);
}
