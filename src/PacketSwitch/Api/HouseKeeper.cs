// What has to be looked at once a second while the switch runs, beside health: an apply whose time to be confirmed is over, and a server that
// has been drained of its last session.

using PacketSwitch.Control.Config;
using PacketSwitch.Control.Servers;
using PacketSwitch.Reports;

namespace PacketSwitch.Api;

/// <summary>Chores of the operator's side. Called by one timer.</summary>
internal sealed class HouseKeeper(LiveView view)
{
    private readonly HashSet<int> _empty = [];

    public void Run()
    {
        view.Config.RevertIfUnconfirmed();
        WatchDrains();
    }

    // One event when the last session of a drained server has ended, again only after it was put back or had sessions since.
    private void WatchDrains()
    {
        ServerFacts facts = view.Control.Facts;
        _empty.RemoveWhere(id => facts.Drain(id) == DrainMode.None || view.Tables.Loads.Current(id) > 0);
        foreach ((int id, DrainMode mode) in facts.Drains)
        {
            if (mode == DrainMode.None || view.Tables.Loads.Current(id) != 0 || !_empty.Add(id))
                continue;
            string name = view.Config.Running.FindReal(id) is { Name.Length: > 0 } real ? $" {real.Name}" : "";
            view.Control.Events.Add("real-drained", $"real {id}", $"real {id}{name} is drained: no session is left on it");
        }
    }
}
