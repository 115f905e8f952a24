// Why a metric picked whom it picked, from the figures it looked at. Used by Explanation.

using System.Globalization;

namespace PacketSwitch.Explain;

/// <summary>Choices of a group in words.</summary>
internal static class MetricText
{
    /// <summary>All that could be picked with their figures, and the choice.</summary>
    public static string Of(PickStep pick, string metric, Surroundings names)
    {
        if (pick.Picked is null)
        {
            return "nobody can take the session";
        }
        Candidate[] possible = [.. pick.Candidates.Where(candidate => candidate.IsPossible)];
        string picked = names.Real(pick.Picked.Server!.Id);
        string standIn = pick.Picked.Server.Id == pick.Picked.Member ? "" : $" (for {names.Real(pick.Picked.Member)})";
        return metric switch
        {
            "leastconns" or "svcleast" => string.Join("; ", possible.Select(candidate => Load(candidate, pick, metric, names)))
                + (IsTie(pick, possible, metric) ? "; equal ones take turns" : ""),
            "roundrobin" => $"in turn, by weight: {picked}{standIn}",
            "hash" or "phash" or "minmisses" => $"by the client's address: {picked}{standIn} of {possible.Length}",
            _ => $"by measured share: {picked}{standIn} of {possible.Length}",
        };
    }

    /// <summary>The figures alone: <c>0&lt;1,1</c>, the picked one's first.</summary>
    public static string Brief(PickStep pick, string metric)
    {
        if (metric is not ("leastconns" or "svcleast") || pick.Picked is not { } picked)
        {
            return metric is "roundrobin" ? "in turn" : "by the client";
        }
        string[] others = [.. pick.Candidates
            .Where(candidate => candidate.IsPossible && candidate != picked)
            .Select(candidate => Figure(candidate, metric))];
        return others.Length == 0 ? $"{Figure(picked, metric)}, the only one"
            : $"{Figure(picked, metric)}<={string.Join(",", others)}";
    }

    private static string Load(Candidate candidate, PickStep pick, string metric, Surroundings names)
    {
        int sessions = Sessions(candidate, metric);
        string one = sessions == 1 ? "session" : "sessions";
        double share = candidate.Weight == 0 ? 0 : (double)sessions / candidate.Weight;
        string text = string.Create(CultureInfo.InvariantCulture,
            $"{names.Real(candidate.Server!.Id)}: {sessions} {one} / weight {candidate.Weight} = {share:0.##}");
        return candidate == pick.Picked ? $"{text} <= picked" : text;
    }

    private static string Figure(Candidate candidate, string metric)
        => candidate.Weight is 0 or 1 ? $"{Sessions(candidate, metric)}" : $"{Sessions(candidate, metric)}/{candidate.Weight}";

    private static bool IsTie(PickStep pick, Candidate[] possible, string metric)
        => possible.Any(candidate => candidate != pick.Picked
            && (long)Sessions(candidate, metric) * pick.Picked!.Weight == (long)Sessions(pick.Picked, metric) * candidate.Weight);

    private static int Sessions(Candidate candidate, string metric)
        => metric == "svcleast" ? candidate.ServiceSessions : candidate.Sessions;
}
