// Which sessions a FlowOffload carries: one element for each of its numbers. Shared by the loops;
// used by OffloadKeeper.
//
// Who owns an element: the loop that got its number from FlowOffload fills it and publishes the
// number in the session's state (full fence). From then on whoever looks into it or gives the
// session up holds Guard, taken by compare-and-swap; there is nothing to wait for behind it but
// some additions. Phase is read before as a hint only, and again behind Guard. The number is taken
// out of the session's state by compare-and-swap, so exactly one loop gives a session up.
//
// A session that ends while its number is being published: the ending loop moves the session's
// Phase (full fence) and then reads the number; the publisher writes the number (full fence) and
// then reads the Phase. At least one of them sees what the other wrote, and gives the number up.
// So it is with a client that moves while its number is being published: who moves it changes the
// flow's path (full fence) and then reads the number; the publisher reads the path once more.

namespace PacketSwitch.DataPlane;

/// <summary>What a number of a <see cref="FlowOffload"/> is used for.</summary>
internal enum OffloadPhase
{
    Free,
    Used,

    /// <summary>Given up; frames that were on their way are still to be counted.</summary>
    Cooling,
}

/// <summary>One carried session.</summary>
internal struct OffloadedSession
{
    /// <summary>1 while a loop works on it.</summary>
    public int Guard;

    public OffloadPhase Phase;
    public int Session;
    public bool IsV6;
    public ushort Real;

    /// <summary>The snapshot and the state of the ports by which it was taken.</summary>
    public long Version;
    public long Ports;

    /// <summary>When it was last seen to be used, in nanoseconds.</summary>
    public long UsedAtNs;

    /// <summary>When it was given up, in nanoseconds.</summary>
    public long EndedAtNs;
}

/// <summary>The carried sessions by number.</summary>
public sealed class OffloadTable
{
    private readonly OffloadedSession[] _sessions;
    private int _highest;

    /// <summary>Makes the table of an offload.</summary>
    public OffloadTable(FlowOffload offload)
    {
        Offload = offload;
        _sessions = new OffloadedSession[offload.Capacity + 1];
    }

    public FlowOffload Offload { get; }

    /// <summary>Numbers above this were never used.</summary>
    internal int Highest => Volatile.Read(ref _highest);

    /// <summary>Whether the number is used or cooling; a hint.</summary>
    internal OffloadPhase PhaseOf(int number) => _sessions[number].Phase;

    /// <summary>Notes whose number it is. The number is published after this.</summary>
    internal void Begin(int number, in OffloadedSession session)
    {
        ref OffloadedSession taken = ref Enter(number);
        taken = session with { Guard = 1, Phase = OffloadPhase.Used };
        Leave(ref taken);
        int highest = Highest;
        while (number > highest)
        {
            highest = Interlocked.CompareExchange(ref _highest, number, highest);
        }
    }

    /// <summary>Waits for the element and holds it.</summary>
    internal ref OffloadedSession Enter(int number)
    {
        ref OffloadedSession session = ref _sessions[number];
        var wait = default(SpinWait);
        while (Interlocked.CompareExchange(ref session.Guard, 1, 0) != 0)
        {
            wait.SpinOnce();
        }
        return ref session;
    }

    internal static void Leave(ref OffloadedSession session) =>
        Volatile.Write(ref session.Guard, 0);
}
