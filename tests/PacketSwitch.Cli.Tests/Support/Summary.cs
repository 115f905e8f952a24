// The rule that every summary of a replay must keep (ARCHITECTURE section 9).

using System.Text.Json.Nodes;
using Xunit;

namespace PacketSwitch.Cli.Tests.Support;

internal static class Summary
{
    /// <summary>received = transmitted + punted + the sum of dropped by reason.</summary>
    public static void AssertAddsUp(JsonObject summary)
    {
        long dropped = summary["dropped"]!.AsObject().Sum(reason => (long)reason.Value!);
        Assert.Equal((long)summary["dropped_total"]!, dropped);
        Assert.Equal(
            (long)summary["received"]!,
            (long)summary["transmitted"]! + (long)summary["punted"]! + dropped);
    }
}
