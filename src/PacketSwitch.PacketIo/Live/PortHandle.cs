// An open interface that several threads use and one replaces. Owned by LiveInterface; each backend has its own kind.
//
// Why no thread ever uses a freed handle: the count of users begins at 1 for the port itself. A
// loop enters with TryAcquire, which raises the count only while it is above 0 (compare-and-swap),
// and leaves with Release. The handle is closed by whoever brings the count to 0, and from 0 it
// never rises. So between a successful TryAcquire and its Release the count is at least 1 and the
// handle is open; a loop that read the port's reference just before it was replaced either still
// gets in, and then the close waits for it, or is refused. Each of these steps is an interlocked
// operation and thus a full fence: what the loop did with the handle is done before the close. The
// object itself is the garbage collector's, so a stale reference to it is harmless.

namespace PacketSwitch.PacketIo;

/// <summary>One opening of an interface, for both directions.</summary>
/// <param name="interfaceIndex">The interface it was opened on.</param>
internal abstract class PortHandle(int interfaceIndex)
{
    private int _users = 1;
    private volatile string? _failure;

    /// <summary>The interface it was opened on; the name may since belong to another one.</summary>
    public int InterfaceIndex { get; } = interfaceIndex;

    /// <summary>The packet socket to send on and to wait for; valid between <see
    /// cref="TryAcquire"/> and <see cref="Release"/>.</summary>
    public abstract int Descriptor { get; }

    /// <summary>Why receiving failed; null while it works. Written by: receiving loop. Read by:
    /// any.</summary>
    public string? Failure => _failure;

    /// <summary>Keeps the handle open until <see cref="Release"/>; false when it is closed
    /// already.</summary>
    public bool TryAcquire()
    {
        int users = Volatile.Read(ref _users);
        while (users > 0)
        {
            int seen = Interlocked.CompareExchange(ref _users, users + 1, users);
            if (seen == users) return true;
            users = seen;
        }
        return false;
    }

    /// <summary>Gives up one use; the last one closes the handle.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _users) == 0) Close();
    }

    /// <summary>Notes that receiving failed; the supervisor opens a new handle.</summary>
    public void NoteFailure(string why) => _failure ??= why;

    /// <summary>
    /// Frames the kernel dropped for want of room since the last call. Called under the port's
    /// lock.
    /// </summary>
    public abstract uint TakeKernelDrops();

    /// <summary>Called once, when nobody uses it any more.</summary>
    protected abstract void Close();
}
