// After `stats --clear` every counter begins at nothing: also one that is added later.

using System.Reflection;
using System.Text.Json;
using PacketSwitch.Reports;
using Xunit;

namespace PacketSwitch.Tests.Reports;

public sealed class StatsBaselineTests
{
    [Fact]
    public void Every_counter_of_the_whole_switch_begins_at_nothing()
    {
        PropertyInfo[] counters = [.. typeof(MaintStats).GetProperties().Where(
            property => property.PropertyType == typeof(long)
                && property.Name != nameof(MaintStats.Held))];
        StatsReport report = Report();
        foreach (PropertyInfo counter in counters) counter.SetValue(report.Maint, 7L);
        // What is received is what became of frames and what is held.
        long known = report.Maint.Transmitted + report.Maint.Punted;
        typeof(MaintStats).GetProperty(nameof(MaintStats.Received))!.SetValue(report.Maint, known);
        typeof(MaintStats).GetProperty(nameof(MaintStats.Dropped))!.SetValue(report.Maint, 0L);

        MaintStats since = new StatsBaseline(report, DateTimeOffset.UnixEpoch).Since(report).Maint;

        Assert.Equal([], counters.Where(counter => (long)counter.GetValue(since)! != 0)
            .Select(counter => counter.Name));
    }

    private static StatsReport Report() => new()
    {
        IntervalS = 1,
        Cleared = "",
        Virts = [],
        Groups = [],
        Reals = [],
        Ports = [],
        Maint = JsonSerializer.Deserialize<MaintStats>("""
            {"Received":0,"Transmitted":0,"Punted":0,"Held":0,"Dropped":0,"Originated":0,
             "SessionsOpened":0,"SessionsEnded":0,"HalfOpenEvicted":0,"BindingsLost":0,
             "Stateless":0,"ChecksumsCompleted":0,"FramesSegmented":0,"FramesOffloaded":0,
             "KernelDrops":0,
             "NewSessions4S":0,"NewSessions64S":0,"Drops":[]}
            """)!,
    };
}
