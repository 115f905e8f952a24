// Which loop serves which ports. Asked by the composition root once, at its start.
//
// A port with `cpu N` has its loop on that processor; ports of one processor share a loop. The others are dealt out
// to at most one loop for two processors, because each frame costs the kernel and the ends about as much as us. On two
// processors that is one loop for all ports: two loops there wake each other for every answer.

namespace PacketSwitch.PacketIo;

/// <summary>One loop: the indexes of its ports, and its processor when it has one of its own.</summary>
public sealed record LoopPlan(IReadOnlyList<int> Ports, int? Cpu)
{
    /// <summary>The loops for the ports, in the order of their first port.</summary>
    /// <param name="cpus">For each port the processor it is pinned to, or null.</param>
    /// <param name="processors">How many there are.</param>
    public static IReadOnlyList<LoopPlan> For(IReadOnlyList<int?> cpus, int processors)
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
        return [.. pinned.Concat(others).OrderBy(loop => loop.Ports[0])];
    }
}
