// An operator's orders to real servers that run: in, drain, out. They hold until the switch ends or another order comes, and are no part of the
// configuration. Called by the control socket and the shell.

using PacketSwitch.Control.Config;
using PacketSwitch.Control.Servers;
using PacketSwitch.Reports;

namespace PacketSwitch.Api;

/// <summary>Orders to real servers.</summary>
internal sealed class RealOrders(LiveView view)
{
    /// <summary>Carries the order out and says what it means for the server's sessions.</summary>
    public OperReport Set(int id, DrainMode mode)
    {
        RealConfig real = view.Config.Running.FindReal(id)!;
        view.Ask(_ =>
        {
            view.Control.SetDrain(id, mode);
            return true;
        });
        int sessions = view.Tables.Loads.Current(id);
        string who = real.Name.Length == 0 ? $"real {id}" : $"real {id} ({real.Name})";
        string count = sessions == 1 ? "1 session" : $"{sessions} sessions";
        string message = mode switch
        {
            DrainMode.NoNew => $"{who} drains: no new sessions, {count} left",
            DrainMode.Persistent => $"{who} drains: new sessions only from clients bound to it, {count} left",
            DrainMode.Out => $"{who} is out: its {count} end now",
            _ when !real.Enabled =>
                $"{who} has no order any more, but its configuration says dis: packetswitch real set {id} ena --apply",
            _ => $"{who} takes new sessions",
        };
        view.Control.Events.Add($"real-{Words.Oper(mode)}", $"real {id}", message);
        return new OperReport(id, Words.Oper(mode), sessions, message);
    }
}
