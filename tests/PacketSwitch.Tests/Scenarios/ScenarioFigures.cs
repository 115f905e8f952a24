// The figures of a line such as "expect sessions 1 real 2 sessions 0 dropped no-real 3". Used by
// ScenarioRunner.

using PacketSwitch.DataPlane;
using PacketSwitch.Tests.DataPlane;

namespace PacketSwitch.Tests.Scenarios;

internal static class ScenarioFigures
{
    /// <summary>The first figure of the line that is another than it says, or null.</summary>
    /// <exception cref="FormatException">The line names what is no figure.</exception>
    public static string? FindDifference(TestSwitch tested, string line)
    {
        var rest = new Queue<string>(line.Split(' ')[1..]);
        while (rest.TryDequeue(out string? name))
        {
            string key = name is "dropped" or "real" ? rest.Dequeue() : "";
            string of = name == "real" ? rest.Dequeue() : "";
            long expected = long.Parse(rest.Dequeue());
            long found = Find(tested, $"{name} {of}".Trim(), key);
            if (found != expected)
            {
                return $"{name}{(key == "" ? "" : " " + key)} is {found}, expected {expected}";
            }
        }
        return null;
    }

    private static long Find(TestSwitch tested, string name, string key)
    {
        LoopCounters counters = tested.Counters;
        return name switch
        {
            "sessions" => tested.Tables.SessionCount,
            "real sessions" => tested.Tables.Loads.Current(int.Parse(key)),
            "drops" => counters.DroppedTotal,
            "dropped" => counters.Dropped[(int)Reason(key)],
            "received" => counters.Received,
            "transmitted" => counters.Transmitted,
            "punted" => counters.Punted,
            "held" => counters.Held,
            "originated" => counters.Originated,
            "opened" => counters.Opened,
            "ended" => counters.Ended,
            "warnings" => tested.Warnings,
            _ => throw new FormatException($"'{name}' is no figure"),
        };
    }

    private static DropReason Reason(string text)
    {
        foreach (DropReason reason in Enum.GetValues<DropReason>())
        {
            if (ReasonText.Of(reason) == text)
            {
                return reason;
            }
        }
        throw new FormatException($"'{text}' is no drop reason");
    }
}
