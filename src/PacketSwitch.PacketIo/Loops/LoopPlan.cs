// Which loop serves which ports. Asked by the composition root once, at its start.
//
// A port with `cpu N` has its loop on that processor; ports of one processor share a loop. The
// others are dealt out to at most one loop for two processors, because each frame costs the kernel
// and the ends about as much as us. On two processors that is one loop for all ports: two loops
// there wake each other for every answer.
//
// A port with `loops N` has N lanes, each a share of its flows. The first is served as above; the
// loop of each further lane serves that lane of every port that has it.

namespace PacketSwitch.PacketIo;

/// <summary>One loop: the indexes of its ports, its processor when it has one of its own, and which
/// lane of the ports it receives on.</summary>
public sealed record LoopPlan(IReadOnlyList<int> Ports, int? Cpu, int Lane = 0)
{
    /// <summary>The loops for the ports: those of the first lane in the order of their first port,
    /// then one for each further lane.</summary>
    /// <param name="cpus">For each port the processor it is pinned to, or null.</param>
    /// <param name="lanes">For each port how many lanes it has.</param>
    /// <param name="processors">How many there are.</param>
    public static IReadOnlyList<LoopPlan> For(
        IReadOnlyList<int?> cpus, IReadOnlyList<int> lanes, int processors)
    {
        int[] all = [.. Enumerable.Range(0, cpus.Count)];
        int[] free = [.. all.Where(port => cpus[port] is null)];
        int count = Math.Clamp(processors / 2, 1, Math.Max(free.Length, 1));
        IEnumerable<LoopPlan> pinned = all.Where(port => cpus[port] is not null)
            .GroupBy(port => cpus[port])
            .Select(loop => new LoopPlan([.. loop], loop.Key));
        IEnumerable<LoopPlan> others = free.Select((port, turn) => (port, turn))
            .GroupBy(dealt => dealt.turn % count, dealt => dealt.port)
            .Select(loop => new LoopPlan([.. loop], Cpu: null));
        IEnumerable<LoopPlan> further = Enumerable.Range(1, Math.Max(lanes.Max() - 1, 0))
            .Select(lane => new LoopPlan([.. all.Where(port => lanes[port] > lane)], null, lane));
        return [.. pinned.Concat(others).OrderBy(loop => loop.Ports[0]), .. further];
    }
}
