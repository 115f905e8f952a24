// Where the current snapshot is published. Written by: control. Read by: every loop, once per burst.
//
// Memory order: the write is a release and the read an acquire, so a loop that sees the reference sees the whole object;
// the garbage collector keeps the old one while a loop still uses it.

namespace PacketSwitch.DataPlane;

/// <summary>One atomic reference to the running <see cref="SwitchSnapshot"/>.</summary>
public sealed class SnapshotCell(SwitchSnapshot first)
{
    private SwitchSnapshot _current = first;

    /// <summary>The snapshot to use for the next burst.</summary>
    public SwitchSnapshot Current => Volatile.Read(ref _current);

    /// <summary>Makes a new snapshot current.</summary>
    public void Publish(SwitchSnapshot snapshot) => Volatile.Write(ref _current, snapshot);
}
