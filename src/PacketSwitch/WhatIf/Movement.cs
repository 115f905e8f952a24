// What a change does to flows under one metric: counted from two assignments of the same flows,
// before and after.

namespace PacketSwitch.WhatIf;

/// <summary>Flows that change server.</summary>
/// <param name="Metric">The word of the metric.</param>
/// <param name="IsCurrent">The group's metric now.</param>
/// <param name="ByClient">The client decides; otherwise established sessions stay where they
/// are.</param>
/// <param name="Flows">Flows that were served before.</param>
/// <param name="Moved">Those of them that have another server afterwards.</param>
/// <param name="Least">The fewest that any metric could move to come to these shares; where
/// sessions stay where they are, those of the removed server, which must move.</param>
/// <param name="Before">Flows by server before.</param>
/// <param name="After">Flows by server afterwards.</param>
internal sealed record Movement(
    string Metric, bool IsCurrent, bool ByClient, int Flows, int Moved, int Least,
    SortedDictionary<int, int> Before, SortedDictionary<int, int> After)
{
    /// <summary>Counts from the servers of the flows before and after.</summary>
    /// <param name="gone">A server whose sessions end; 0 for none.</param>
    public static Movement Of(
        string metric, bool isCurrent, bool byClient, SortedDictionary<long, int> before,
            SortedDictionary<long, int> after,
        int gone)
    {
        SortedDictionary<int, int> sharesBefore = Shares(before);
        SortedDictionary<int, int> sharesAfter = Shares(after);
        int moved = byClient
            ? before.Count(flow => after.GetValueOrDefault(flow.Key) != flow.Value)
            : before.Count(flow => flow.Value == gone);
        int least = !byClient ? moved : sharesBefore.Sum(
            share => Math.Max(0, share.Value - sharesAfter.GetValueOrDefault(share.Key)));
        return new Movement(
            metric, isCurrent, byClient, before.Count, moved, least, sharesBefore, sharesAfter);
    }

    private static SortedDictionary<int, int> Shares(SortedDictionary<long, int> assigned)
        => new(assigned.Values.GroupBy(real => real)
            .ToDictionary(group => group.Key, group => group.Count()));
}
