// A FlowOffload whose kernel is the test: it keeps what it was told, and what it is said to have
// carried it reports.

using PacketSwitch.DataPlane;

namespace PacketSwitch.Tests.DataPlane.Offload;

/// <summary>Carries what a test says. For one thread, like a dialog.</summary>
internal sealed class MemoryOffload(int capacity = 4) : FlowOffload
{
    private readonly Dictionary<(int, bool), OffloadTally> _carried = [];
    private readonly SortedSet<int> _free = [.. Enumerable.Range(1, capacity)];

    public override int Capacity => capacity;

    /// <summary>The flows of the numbers that are carried.</summary>
    public Dictionary<int, (OffloadedFlow Client, OffloadedFlow Server)> Taken { get; } = [];

    /// <summary>Where each direction's loops have sent to.</summary>
    public Dictionary<(int Number, bool FromClient), uint> SentTo { get; } = [];

    /// <summary>Numbers that may be given again.</summary>
    public int FreeNumbers => _free.Count;

    /// <summary>Frames are carried, the last of which has these TCP numbers.</summary>
    public void Carry(
        int number, bool fromClient, int frames, uint end, uint acknowledged, uint window)
    {
        OffloadTally before = _carried.GetValueOrDefault((number, fromClient));
        _carried[(number, fromClient)] = new OffloadTally(
            before.Frames + frames, before.Bytes + (100 * frames), before.Failed, end, acknowledged,
            window);
    }

    /// <summary>Some of the frames carried could not be sent.</summary>
    public void Fail(int number, bool fromClient, int frames) =>
        _carried[(number, fromClient)] =
            _carried[(number, fromClient)] with { Failed = frames };

    public override int TryTake(in OffloadedFlow fromClient, in OffloadedFlow fromServer)
    {
        if (_free.Count == 0) return 0;
        int number = _free.Min;
        _free.Remove(number);
        Taken.Add(number, (fromClient, fromServer));
        return number;
    }

    public override void Sent(int number, bool fromClient, uint sequenceEnd) =>
        SentTo[(number, fromClient)] = sequenceEnd;

    public override OffloadTally Collect(int number, bool fromClient)
    {
        OffloadTally news = _carried.GetValueOrDefault((number, fromClient));
        _carried[(number, fromClient)] = news with { Frames = 0, Bytes = 0, Failed = 0 };
        return news;
    }

    public override void End(int number)
    {
        if (!Taken.Remove(number)) throw new InvalidOperationException($"{number} is not taken");
    }

    public override void Free(int number)
    {
        if (Taken.ContainsKey(number) || !_free.Add(number))
        {
            throw new InvalidOperationException($"{number} is not to be freed");
        }
    }
}
