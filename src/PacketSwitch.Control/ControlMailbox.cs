// The way in to the control plane from other threads: health checks, the control socket, signals. Anyone posts; the control
// plane's own thread takes the messages out, in order, between frames' messages (ControlPlane.RunOnce). A full mailbox says so
// to who posts; nothing is lost silently.

using System.Collections.Concurrent;

namespace PacketSwitch.Control;

/// <summary>Work for the control plane's thread. Posting is thread-safe.</summary>
public sealed class ControlMailbox
{
    /// <summary>Messages that may wait.</summary>
    public const int Capacity = 16_384;

    /// <summary>Messages that one pass of the control plane handles.</summary>
    public const int MessagesPerPass = 256;

    private readonly ConcurrentQueue<Action<long>> _messages = new();
    private int _count; // Written by: whoever posts or takes (interlocked).

    /// <summary>Called after a message was posted; wakes the thread. Set once, before anyone posts.</summary>
    public Action Wake { get; set; } = () => { };

    /// <summary>True when a message waits.</summary>
    public bool IsEmpty => _messages.IsEmpty;

    /// <summary>Posts work; it is given the switch's clock in nanoseconds. False when the mailbox is full.</summary>
    public bool TryPost(Action<long> work)
    {
        if (Interlocked.Increment(ref _count) > Capacity)
        {
            Interlocked.Decrement(ref _count);
            return false;
        }
        _messages.Enqueue(work);
        Wake();
        return true;
    }

    /// <summary>Asks for a result that only the control plane's thread may compute; what that throws reaches who awaits.</summary>
    /// <exception cref="InvalidOperationException">The mailbox is full.</exception>
    public Task<T> Ask<T>(Func<long, T> work)
    {
        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        bool isPosted = TryPost(nowNs =>
        {
            try
            {
                answer.SetResult(work(nowNs));
            }
            catch (Exception e)
            {
                answer.SetException(e);
            }
        });
        return isPosted ? answer.Task : throw new InvalidOperationException("the control plane is too busy; try again");
    }

    /// <summary>Takes the oldest message. Called by the control plane only.</summary>
    public bool TryTake(out Action<long>? work)
    {
        if (!_messages.TryDequeue(out work))
        {
            return false;
        }
        Interlocked.Decrement(ref _count);
        return true;
    }
}
