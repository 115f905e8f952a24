// Lets one thread sleep until a port has frames or another thread calls Wake. Owned by
// PortLoopThread.
//
// No wake is lost: the sleeper says that it sleeps, then looks whether a wake was asked for, then
// blocks; the waker asks first and then looks whether the other sleeps. Both use interlocked
// operations (full fences), so at least one of them sees the other: either the sleeper does not
// block, or the waker writes to the event, which makes poll return. What was queued before Wake is
// seen by the pass after Wait returns.

using System.Runtime.InteropServices;
using PacketSwitch.DataPlane;

namespace PacketSwitch.PacketIo;

/// <summary>Waits on the descriptors of ports and on an event. One thread waits, any thread
/// wakes.</summary>
/// <remarks>
/// A port may replace its descriptor while it is polled. The kernel keeps a polled file alive, and
/// polling reads nothing; the worst is one wake too many, or one too late by the timeout.
/// </remarks>
internal sealed unsafe class PortWaiter : IDisposable
{
    private readonly IPacketPort[] _ports;
    private readonly PollEntry[] _entries;
    private int _event;
    private int _isAsleep;
    private int _isWakeAsked;
    private int _fruitless;

    public PortWaiter(IReadOnlyList<IPacketPort> ports)
    {
        _ports = [.. ports];
        _entries = GC.AllocateArray<PollEntry>(ports.Count + 1, pinned: true);
        _event = LibC.eventfd(0, LibC.CloseOnExec | LibC.NonBlocking);
        if (_event < 0)
        {
            throw new IOException("no event descriptor: " + Marshal.GetLastPInvokeErrorMessage());
        }
        _entries[0] = new PollEntry { Descriptor = _event, Events = LibC.PollIn };
    }

    /// <summary>Makes the present or the next <see cref="Wait"/> return at once. Cheap while it is
    /// awake.</summary>
    public void Wake()
    {
        if (Interlocked.Exchange(ref _isWakeAsked, 1) == 1) return;
        if (Volatile.Read(ref _isAsleep) == 0) return;
        ulong one = 1;
        _ = LibC.write(_event, &one, sizeof(ulong));
    }

    /// <summary>Blocks until a port is readable, a wake or the timeout.</summary>
    public void Wait(int timeoutMs)
    {
        int entries = 1;
        if (_fruitless < IoLimits.FruitlessWakes)
        {
            foreach (IPacketPort port in _ports)
            {
                _entries[entries++] = new PollEntry
                {
                    Descriptor = port.PollDescriptor,
                    Events = LibC.PollIn,
                };
            }
        }
        else
        {
            timeoutMs = Math.Min(timeoutMs, IoLimits.FruitlessPauseMs);
            _fruitless = 0;
        }

        _entries[0].Returned = 0;
        Interlocked.Exchange(ref _isAsleep, 1);
        if (Volatile.Read(ref _isWakeAsked) == 0)
        {
            fixed (PollEntry* polled = _entries)
            {
                int ready = LibC.poll(polled, (nuint)entries, timeoutMs);
                if (ready > 0 && _entries[0].Returned == 0) _fruitless++;
            }
        }
        Interlocked.Exchange(ref _isAsleep, 0);
        Interlocked.Exchange(ref _isWakeAsked, 0);
        ulong count;
        if (_entries[0].Returned != 0) _ = LibC.read(_event, &count, sizeof(ulong));
    }

    /// <summary>
    /// The pass after a wait found frames. Without this a port that stays readable and gives
    /// nothing (its interface is going away) would keep the thread busy; after a few such wakes it
    /// rests a moment.
    /// </summary>
    public void NoteWork() => _fruitless = 0;

    /// <summary>Closes the event; no thread may wait or wake any more.</summary>
    public void Dispose()
    {
        int descriptor = Interlocked.Exchange(ref _event, -1);
        if (descriptor >= 0) _ = LibC.close(descriptor);
    }
}
