// Backups that keep the service after their primary came back, because the primary says preempt dis (ALTEON.md section 2): a pure function of
// what was, the configuration and the facts. Part of ServerFacts.
//
// A backup takes the service over when a primary that has been up once is up no more, and keeps it until it fails itself, or until the
// configuration no longer says so. A primary that has never been up is not a failed one: at start the first to be checked does not win.

using System.Collections.Immutable;
using PacketSwitch.Control.Config;

namespace PacketSwitch.Control.Servers;

/// <summary>Who keeps whose service.</summary>
public sealed class StandIns
{
    private readonly ImmutableDictionary<int, int> _keepers;
    private readonly ImmutableHashSet<int> _seenUp;

    private StandIns(ImmutableDictionary<int, int> keepers, ImmutableHashSet<int> seenUp)
    {
        _keepers = keepers;
        _seenUp = seenUp;
    }

    public static StandIns None { get; } = new(ImmutableDictionary<int, int>.Empty, []);

    /// <summary>Number of the backup that keeps the primary's service, or null.</summary>
    public int? KeeperOf(int primary) => _keepers.TryGetValue(primary, out int keeper) ? keeper : null;

    /// <summary>What follows from the facts.</summary>
    public StandIns Next(SwitchConfig config, ServerFacts facts)
    {
        ImmutableDictionary<int, int>.Builder keepers = ImmutableDictionary.CreateBuilder<int, int>();
        ImmutableHashSet<int>.Builder seenUp = ImmutableHashSet.CreateBuilder<int>();
        Dictionary<int, RealConfig> reals = config.Reals.ToDictionary(real => real.Id);
        foreach (RealConfig real in config.Reals.Where(real => real is { Preempt: false, Backup: not null }))
        {
            bool isUp = facts.IsUp(real);
            if (isUp || _seenUp.Contains(real.Id))
            {
                seenUp.Add(real.Id);
            }
            int? keeper = KeeperOf(real.Id);
            bool keeps = keeper is { } id && reals.TryGetValue(id, out RealConfig? holder) && facts.TakesNew(holder);
            if (keeps)
            {
                keepers[real.Id] = keeper!.Value;
            }
            else if (!isUp && _seenUp.Contains(real.Id)
                && FirstBackup(real, reals, facts) is { } backup)
            {
                keepers[real.Id] = backup;
            }
        }
        return new StandIns(keepers.ToImmutable(), seenUp.ToImmutable());
    }

    // Along the chain of backups, each server once.
    private static int? FirstBackup(RealConfig real, Dictionary<int, RealConfig> reals, ServerFacts facts)
    {
        var visited = new HashSet<int> { real.Id };
        RealConfig? next = real;
        while (next?.Backup is { } backup && visited.Add(backup.Id))
        {
            next = reals.GetValueOrDefault(backup.Id);
            if (next is not null && facts.TakesNew(next))
            {
                return next.Id;
            }
        }
        return null;
    }
}
