// A FlowOffload that two loops use at once and that finds out what they do wrong: a number ended
// twice, freed while it is taken, asked for after it was freed. It carries frames at random.

using PacketSwitch.DataPlane;
using PacketSwitch.Wire;

namespace PacketSwitch.Tests.DataPlane.Offload;

/// <summary>Checks its callers. For any threads.</summary>
internal sealed class RacingOffload(int capacity, int seed) : FlowOffload
{
    private enum Phase
    {
        Free,
        Taken,
        Ended,
    }

    private readonly Lock _gate = new();
    private readonly Phase[] _phases = new Phase[capacity + 1];
    private readonly int[] _collecting = new int[capacity + 1];
    private readonly Random _random = new(seed);

    public override int Capacity => capacity;

    /// <summary>What a loop should not have done; null when nothing.</summary>
    public string? Violation { get; private set; }

    public long Carried { get; private set; }

    public int TakenOften { get; private set; }

    public int FreeNumbers => _phases.Skip(1).Count(phase => phase == Phase.Free);

    /// <summary>Where the answers of the last session that was taken go.</summary>
    public MacAddress LastClient { get; private set; }

    public override int TryTake(in OffloadedFlow fromClient, in OffloadedFlow fromServer)
    {
        lock (_gate)
        {
            int number = Array.IndexOf(_phases, Phase.Free, 1);
            if (number < 0) return 0;
            _phases[number] = Phase.Taken;
            TakenOften++;
            LastClient = fromServer.NewDestinationMac;
            return number;
        }
    }

    public override void Sent(int number, bool fromClient, uint sequenceEnd)
    {
    }

    public override OffloadTally Collect(int number, bool fromClient)
    {
        bool isAlone = Interlocked.Exchange(ref _collecting[number], 1) == 0;
        lock (_gate)
        {
            Check(number, isAlone, "collected by two loops at once");
            Check(number, _phases[number] != Phase.Free, "collected while it is free");
            int frames = _random.Next(3);
            Carried += frames;
            Volatile.Write(ref _collecting[number], 0);
            return new OffloadTally(frames, 100 * frames, 0, 1001, 5001, 500);
        }
    }

    public override void End(int number) => Move(number, Phase.Taken, Phase.Ended);

    public override void Free(int number) => Move(number, Phase.Ended, Phase.Free);

    private void Move(int number, Phase from, Phase to)
    {
        lock (_gate)
        {
            Check(number, _phases[number] == from, $"is {_phases[number]} and goes to {to}");
            _phases[number] = to;
        }
    }

    private void Check(int number, bool isRight, string what)
    {
        if (!isRight) Violation ??= $"number {number} {what}";
    }
}
