// The lists of a session table: its free slots, and each loop's ended sessions that wait until
// nobody can hold them. Both go through SessionState.Next.

using PacketSwitch.Wire;

namespace PacketSwitch.DataPlane;

public sealed unsafe partial class SessionTable<TAddress>
{
    /// <summary>Sessions of one loop that wait until nobody can hold them: a queue through the
    /// slots. One loop's.</summary>
    public sealed class LimboList
    {
        private int _head; // index + 1
        private int _tail;

        public bool IsEmpty => _head == 0;

        internal void Append(SessionTable<TAddress> table, int session)
        {
            table.State(session).Next = 0;
            if (_tail == 0)
            {
                _head = session + 1;
            }
            else
            {
                table.State(_tail - 1).Next = session + 1;
            }
            _tail = session + 1;
        }

        internal bool TryTake(SessionTable<TAddress> table, long reusable, out int session)
        {
            session = _head - 1;
            if (_head == 0 || table.State(session).RetiredAt > reusable)
            {
                return false;
            }
            _head = table.State(session).Next;
            _tail = _head == 0 ? 0 : _tail;
            return true;
        }
    }

    // A stack of free slots, shared by all loops. The head carries a count of changes in its upper
    // half, so that a head that was popped and pushed back in between (ABA) is seen.
    private sealed class FreeList
    {
        private ulong _head;

        public int Pop(SessionTable<TAddress> table)
        {
            ulong head = Volatile.Read(ref _head);
            while ((uint)head != 0)
            {
                uint next = (uint)Volatile.Read(ref table.State((int)(uint)head - 1).Next);
                ulong seen = Interlocked.CompareExchange(ref _head, Counted(head, next), head);
                if (seen == head)
                {
                    return (int)(uint)head - 1;
                }
                head = seen;
            }
            return -1;
        }

        public void Push(SessionTable<TAddress> table, int session)
        {
            ulong head = Volatile.Read(ref _head);
            while (true)
            {
                Volatile.Write(ref table.State(session).Next, (int)(uint)head);
                ulong first = Counted(head, (uint)session + 1);
                ulong seen = Interlocked.CompareExchange(ref _head, first, head);
                if (seen == head)
                {
                    return;
                }
                head = seen;
            }
        }

        private static ulong Counted(ulong head, uint first) => (((head >> 32) + 1) << 32) | first;
    }
}
