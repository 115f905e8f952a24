// The figures of a switch as a person reads them: sums over all loops. Used by run (one line at the end) and replay.

using System.Globalization;
using System.Text;
using PacketSwitch.DataPlane;

namespace PacketSwitch.Running;

/// <summary>Sums of loop counters.</summary>
internal static class SwitchFigures
{
    /// <summary>One line: received = transmitted + punted + dropped, with the reasons.</summary>
    public static string Line(IReadOnlyList<LoopCounters> loops, IReadOnlyList<IPacketPort> ports)
    {
        long kernelDrops = ports.Sum(port => port.ReadStatistics().KernelDrops);
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"received {Sum(loops, c => c.Received)} frames: ");
        text.Append(CultureInfo.InvariantCulture, $"transmitted {Sum(loops, c => c.Transmitted)}, ");
        text.Append(CultureInfo.InvariantCulture, $"punted {Sum(loops, c => c.Punted)}, ");
        text.Append(CultureInfo.InvariantCulture, $"dropped {Sum(loops, c => c.DroppedTotal)}");
        string[] reasons = [.. Dropped(loops).Select(drop => $"{ReasonText.Of(drop.Reason)} {drop.Count}")];
        text.Append(reasons.Length == 0 ? "" : $" ({string.Join(", ", reasons)})");
        long held = Sum(loops, c => c.Held);
        text.Append(held == 0 ? "" : $", held {held}");
        text.Append(CultureInfo.InvariantCulture, $"; originated {Sum(loops, c => c.Originated)}");
        text.Append(CultureInfo.InvariantCulture, $"; sessions opened {Sum(loops, c => c.Opened)}");
        long stateless = Sum(loops, c => c.Stateless);
        text.Append(stateless == 0 ? "" : $"; without a session {stateless} (the table was full)");
        text.Append(kernelDrops == 0 ? "" : $"; lost in the kernel {kernelDrops}");
        return text.ToString();
    }

    /// <summary>The drop reasons that occurred, in the order of the enum.</summary>
    public static IEnumerable<(DropReason Reason, long Count)> Dropped(IReadOnlyList<LoopCounters> loops)
    {
        for (int reason = 0; reason < ReasonText.DropReasons; reason++)
        {
            long count = Sum(loops, counters => counters.Dropped[reason]);
            if (count > 0)
            {
                yield return ((DropReason)reason, count);
            }
        }
    }

    private static long Sum(IReadOnlyList<LoopCounters> loops, Func<LoopCounters, long> counter) => loops.Sum(counter);
}
