// Where a loop finds who watches it. Written by: whoever opens and closes watches, one at a time.
// Read by: the loop, once per pass.
//
// Memory order: the write is a release and the read an acquire, so a loop that sees the array sees
// whole watches. A loop that has read the array before a watch was taken out fills that watch's
// ring until its pass is over; nobody reads it any more, and the garbage collector keeps it.

namespace PacketSwitch.DataPlane;

/// <summary>One atomic reference to the watches of a loop.</summary>
public sealed class WatchCell
{
    private FrameWatch[] _current = [];

    /// <summary>The watches of the next pass; mostly none.</summary>
    public FrameWatch[] Current => Volatile.Read(ref _current);

    /// <summary>Makes other watches current; the array is not changed afterwards.</summary>
    public void Publish(FrameWatch[] watches) => Volatile.Write(ref _current, watches);
}
