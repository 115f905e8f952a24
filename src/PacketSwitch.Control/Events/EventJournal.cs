// The last events of the switch. Written by the control plane's thread, read by anyone: the control socket, the dashboard, tests.
// Bounded: the oldest are forgotten. A reader that follows asks for what came after the number it has seen.

namespace PacketSwitch.Control.Events;

/// <summary>A bounded list of events. Thread-safe.</summary>
public sealed class EventJournal(TimeProvider time)
{
    /// <summary>Events kept.</summary>
    public const int Capacity = 4096;

    private readonly Lock _gate = new();
    private readonly Queue<SwitchEvent> _events = new();
    private TaskCompletionSource _more = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _number;

    /// <summary>Adds an event and wakes who waits for one.</summary>
    public SwitchEvent Add(string kind, string subject, string message)
    {
        TaskCompletionSource more;
        SwitchEvent added;
        lock (_gate)
        {
            added = new SwitchEvent(++_number, time.GetUtcNow(), kind, subject, message);
            _events.Enqueue(added);
            if (_events.Count > Capacity)
            {
                _events.Dequeue();
            }
            more = _more;
            _more = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
        more.SetResult();
        return added;
    }

    /// <summary>The events after a number, oldest first, and a task that ends when there are more.</summary>
    public IReadOnlyList<SwitchEvent> After(long number, out Task more)
    {
        lock (_gate)
        {
            more = _more.Task;
            return [.. _events.Where(one => one.Number > number)];
        }
    }
}
