// The sessions of a running switch as the flows of a what-if: read by its reader's socket, with the
// configuration, the health and the orders of the same moment. Used by the whatif command.

using PacketSwitch.Client;
using PacketSwitch.Control.Config;
using PacketSwitch.Control.Servers;
using PacketSwitch.Explain;
using PacketSwitch.Replay;
using PacketSwitch.Reports;
using PacketSwitch.Wire;

namespace PacketSwitch.WhatIf;

/// <summary>A running switch, for a what-if.</summary>
/// <param name="Config">Its running configuration.</param>
/// <param name="Status">Health and orders.</param>
/// <param name="Sessions">Its sessions; of more than a report may have, the first.</param>
internal sealed record LiveFlows(SwitchConfig Config, StatusReport Status, SessionsReport Sessions)
{
    /// <summary>Asks the switch.</summary>
    public static LiveFlows Read(ControlClient client)
    {
        string text = client.GetText("v1/config?which=running");
        ParsedConfig parsed = ConfigParser.Parse(text, LiveExplainer.Running);
        return new LiveFlows(
            parsed.Config, client.Get("v1/status", ReportJson.Readable.StatusReport),
            client.Get("v1/sessions?limit=0", ReportJson.Readable.SessionsReport));
    }

    /// <summary>The sessions of a group as flows, and the server that each has, by the flow's
    /// number.</summary>
    public (List<DescribedFlow> Flows, SortedDictionary<long, int> Servers) Of(int group)
    {
        var flows = new List<DescribedFlow>();
        var servers = new SortedDictionary<long, int>();
        foreach (SessionRow row in Sessions.Sessions)
        {
            ServiceConfig? service = Config.FindVirt(row.Virt)?.Services.FirstOrDefault(
                one => one.Port == row.VipPort || one.Port == 0);
            if (service?.Group == group
                && IpAddress.TryParse(row.Client, out IpAddress source)
                && IpAddress.TryParse(row.Vip, out IpAddress vip))
            {
                flows.Add(new DescribedFlow(row.Proto, source, (ushort)row.ClientPort, vip,
                    (ushort)row.VipPort));
                servers[flows.Count] = row.Real;
            }
        }
        return (flows, servers);
    }

    /// <summary>Gives a switch that has just started this one's health and orders.</summary>
    public void Prepare(OfflineSwitch offline)
    {
        RealHealth health = RealHealth.AllUp;
        ServerFacts facts = ServerFacts.Initial;
        foreach (RealStatus real in Status.Reals)
        {
            health = real.State switch
            {
                "failed" => health.WithFailed(real.Id, offline.NowNs),
                "waiting" => health.WithUnchecked(real.Id),
                _ => health,
            };
            DrainMode order = real.Oper switch
            {
                "drain" => DrainMode.NoNew,
                "persist" => DrainMode.Persistent,
                "out" => DrainMode.Out,
                _ => DrainMode.None,
            };
            facts = order == DrainMode.None ? facts
                : facts with { Drains = facts.Drains.SetItem(real.Id, order) };
        }
        offline.Control.TakeOver(facts with { Health = health }, [], offline.NowNs);
        offline.Settle();
    }
}
