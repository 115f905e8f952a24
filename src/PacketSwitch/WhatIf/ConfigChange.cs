// A change of a group as a person asks about it: a server more, a server less, another weight,
// another metric. Made by the whatif command; gives the changed configuration, which nobody runs.

using PacketSwitch.Control.Config;
using PacketSwitch.Wire;

namespace PacketSwitch.WhatIf;

/// <summary>Changes to one group.</summary>
internal sealed record ConfigChange
{
    public IpAddress? Add { get; init; }
    public int? Remove { get; init; }
    public (int Real, int Weight)? Weight { get; init; }
    public GroupMetric? Metric { get; init; }

    /// <summary>The changed configuration, or null with what cannot be changed.</summary>
    public SwitchConfig? ApplyTo(
        SwitchConfig config, GroupConfig group, out string text, out string? problem)
    {
        var said = new List<string>();
        problem = null;
        text = "";
        GroupConfig changed = group;
        if (Remove is { } removed)
        {
            if (!group.Members.Contains(removed))
            {
                problem = $"--remove {removed}: group {group.Id} has no real {removed} (it has "
                    + $"{string.Join(", ", group.Members)})";
                return null;
            }
            changed = changed with
            {
                Members =
                [.. changed.Members.Where(member => member != removed)]
            };
            said.Add($"real {removed} less ({group.Members.Count} > {changed.Members.Count})");
        }
        if (Weight is { } weight)
        {
            if (!group.Members.Contains(weight.Real))
            {
                problem = $"--weight {weight.Real}={weight.Weight}: group {group.Id} has no real "
                    + $"{weight.Real}";
                return null;
            }
            int before = config.FindReal(weight.Real)?.Weight ?? 1;
            config = config with
            {
                Reals = [.. config.Reals.Select(
                    real => real.Id == weight.Real ? real with { Weight = weight.Weight } : real)],
            };
            said.Add($"real {weight.Real} weight {before} > {weight.Weight}");
        }
        if (Add is { } added)
        {
            int id = Enumerable.Range(1, int.MaxValue - 1)
                .First(free => config.FindReal(free) is null);
            var real = new RealConfig(id) { Address = added, Enabled = true };
            config = config with
            {
                Reals =
                [.. config.Reals.Append(real).OrderBy(each => each.Id)]
            };
            int before = changed.Members.Count;
            changed = changed with { Members = [.. changed.Members.Append(id).Order()] };
            said.Add($"real {id} {added} more ({before} > {changed.Members.Count})");
        }
        if (Metric is { } metric)
        {
            changed = changed with { Metric = metric };
            said.Add($"metric {Explain.Surroundings.MetricWord(group.Metric)} > "
                + $"{Explain.Surroundings.MetricWord(metric)}");
        }
        text = string.Join(", ", said);
        return WithGroup(config, changed);
    }

    /// <summary>The configuration with another form of a group.</summary>
    public static SwitchConfig WithGroup(SwitchConfig config, GroupConfig group)
        => config with
        {
            Groups =
            [.. config.Groups.Select(each => each.Id == group.Id ? group : each)]
        };
}
