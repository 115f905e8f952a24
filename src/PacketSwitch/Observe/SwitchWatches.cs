// The watches on a running switch: puts one on every loop, and takes it off again. Used by the
// routes of observe and capture and by RecentFrames, on any thread; the loops only ever see a
// finished array.

using PacketSwitch.DataPlane;
using PacketSwitch.Reports;

namespace PacketSwitch.Observe;

/// <summary>Opens and closes watches.</summary>
internal sealed class SwitchWatches(LiveView view)
{
    private readonly Lock _gate = new();
    private readonly List<LiveWatch> _open = []; // Under _gate.

    public LiveView View => view;

    /// <summary>Begins to watch; null when too many do.</summary>
    public LiveWatch? TryOpen(WatchRule rule)
    {
        lock (_gate)
        {
            if (_open.Count == Limits.Watches)
                return null;
            var watch = new LiveWatch(this, rule);
            _open.Add(watch);
            Publish();
            return watch;
        }
    }

    /// <summary>Ends a watch.</summary>
    public void Close(LiveWatch watch)
    {
        lock (_gate)
        {
            _open.Remove(watch);
            Publish();
        }
    }

    private void Publish()
    {
        for (int loop = 0; loop < view.Watches.Count; loop++)
            view.Watches[loop].Publish([.. _open.Select(watch => watch.Loops[loop])]);
    }
}
