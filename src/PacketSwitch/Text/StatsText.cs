// `stats` as text: Alteon's columns for objects, one line a reason for what was dropped. The shell's /stats prints the same.

using System.Globalization;
using System.Text;
using PacketSwitch.Reports;

namespace PacketSwitch.Text;

/// <summary>Statistics for people.</summary>
internal static class StatsText
{
    private const string Rule = "---- ---------------------- -------------------- ----------- ---------- ---------- ----------------\n";

    /// <summary>The statistics of one kind.</summary>
    public static string Of(StatsReport stats, string kind)
    {
        var text = new StringBuilder();
        switch (kind)
        {
            case "real":
                AppendReals(text, "Real server stats:", stats.Reals);
                break;
            case "group":
                foreach (GroupStats group in stats.Groups)
                    AppendReals(text, $"Real server group {group.Id} stats{InParentheses(group.Name)}:", group.Reals);
                break;
            case "virt":
                foreach (VirtStats virt in stats.Virts)
                {
                    AppendReals(text,
                        $"Virtual server {virt.Id} {virt.Proto} {virt.Port} stats{InParentheses(virt.Name)}:", virt.Reals);
                }
                break;
            case "port":
                text.Append(Ports(stats.Ports));
                break;
            default:
                AppendMaint(text, stats.Maint);
                break;
        }
        return text.ToString();
    }

    /// <summary>Rates by service and real server, in ipvsadm's order and with its names.</summary>
    public static string Rates(StatsReport stats, bool exact = false)
    {
        var text = new StringBuilder();
        text.Append("Prot LocalAddress:Port                 CPS    InPPS   OutPPS    InBPS   OutBPS\n");
        text.Append("  -> RemoteAddress:Port\n");
        foreach (VirtStats virt in stats.Virts)
        {
            AppendRate(text, $"{virt.Proto.ToUpperInvariant(),-4} {StatusText.EndPoint(virt.Vip, virt.Port)}", virt.Reals,
                exact);
            foreach (RealStats real in virt.Reals)
                AppendRate(text, $"  -> {real.Address}", [real], exact);
        }
        return text.ToString();
    }

    private static void AppendRate(
        StringBuilder text, string who, IReadOnlyList<RealStats> reals, bool exact)
    {
        string Sum(Func<RealStats, long> rate) => exact
            ? reals.Sum(rate).ToString(CultureInfo.InvariantCulture)
            : NumberText.Short(reals.Sum(rate));
        text.Append(CultureInfo.InvariantCulture,
            $"{who,-34} {Sum(r => r.Cps),7} {Sum(r => r.InPps),8} {Sum(r => r.OutPps),8} {Sum(r => r.InBps),8} {Sum(r => r.OutBps),8}\n");
    }

    private static void AppendReals(StringBuilder text, string title, IReadOnlyList<RealStats> reals)
    {
        text.Append(text.Length == 0 ? "" : "\n");
        text.Append(CultureInfo.InvariantCulture, $"{title,-49}     Current      Total    Highest\n");
        text.Append("     Real IP address        name                    Sessions   Sessions   Sessions           Octets\n");
        text.Append(Rule);
        foreach (RealStats real in reals)
        {
            AppendRow(text, real.Id.ToString(CultureInfo.InvariantCulture), real.Address, real.Name,
                real.Current, real.Total, real.Highest, real.BytesIn + real.BytesOut);
        }
        text.Append(Rule);
        AppendRow(text, "", "", "", reals.Sum(real => real.Current), reals.Sum(real => real.Total),
            reals.Sum(real => real.Highest), reals.Sum(real => real.BytesIn + real.BytesOut));
    }

    private static void AppendRow(
        StringBuilder text, string id, string address, string name, long current, long total, long highest, long octets)
        => text.Append(CultureInfo.InvariantCulture,
            $"{id,4} {address,-22} {name,-20} {NumberText.Of(current),11} {NumberText.Of(total),10} {NumberText.Of(highest),10} ")
            .Append(CultureInfo.InvariantCulture, $"{NumberText.Of(octets),16}\n");

    private static ColumnTable Ports(IReadOnlyList<PortStats> ports)
    {
        var table = new ColumnTable("PORT", "INTERFACE", "PACKETS IN:", "OUT:", "OCTETS IN:", "OUT:", "KERNEL DROPS:", "NOT SENT:",
            "PPS IN:", "OUT:");
        foreach (PortStats port in ports)
        {
            table.Add($"{port.Id}", port.Interface, NumberText.Of(port.PacketsIn), NumberText.Of(port.PacketsOut),
                NumberText.Of(port.BytesIn), NumberText.Of(port.BytesOut), NumberText.Of(port.KernelDrops),
                NumberText.Of(port.SendFailures), NumberText.Of(port.InPps), NumberText.Of(port.OutPps));
        }
        return table;
    }

    private static void AppendMaint(StringBuilder text, MaintStats maint)
    {
        text.Append(CultureInfo.InvariantCulture,
            $"received {NumberText.Of(maint.Received)} = transmitted {NumberText.Of(maint.Transmitted)} + punted ");
        text.Append(CultureInfo.InvariantCulture,
            $"{NumberText.Of(maint.Punted)} + dropped {NumberText.Of(maint.Dropped)} + held {NumberText.Of(maint.Held)}");
        text.Append(CultureInfo.InvariantCulture, $"; originated {NumberText.Of(maint.Originated)}\n");
        text.Append(CultureInfo.InvariantCulture,
            $"sessions opened {NumberText.Of(maint.SessionsOpened)}, ended {NumberText.Of(maint.SessionsEnded)}; ");
        text.Append(CultureInfo.InvariantCulture,
            $"new a second: {maint.NewSessions4S:0.0} over 4 s, {maint.NewSessions64S:0.0} over 64 s\n\n");
        var table = new ColumnTable("reason", "Alteon's name", "packets:", "/s:");
        foreach (DropStats drop in maint.Drops)
            table.Add(drop.Reason, drop.Alteon.Length == 0 ? "-" : drop.Alteon, NumberText.Of(drop.Packets), NumberText.Of(drop.Pps));
        table.Add("kernel-drop", "(lost before the switch)", NumberText.Of(maint.KernelDrops), "-");
        text.Append(table);
        text.Append(CultureInfo.InvariantCulture,
            $"\nchecksums completed {NumberText.Of(maint.ChecksumsCompleted)}, super-frames cut {NumberText.Of(maint.FramesSegmented)}, ");
        text.Append(CultureInfo.InvariantCulture,
            $"half-open evicted {NumberText.Of(maint.HalfOpenEvicted)}, bindings lost {NumberText.Of(maint.BindingsLost)}\n");
        AppendLast(text, [.. maint.Drops.Where(drop => drop.Last is not null)]);
        if (maint.Stateless > 0)
            text.Append("sent without a session, the table was full: ")
                .Append(NumberText.Of(maint.Stateless)).Append('\n');
    }

    private static void AppendLast(StringBuilder text, DropStats[] drops)
    {
        if (drops.Length == 0)
            return;
        var table = new ColumnTable("the last seen of", "time", "frame");
        foreach (DropStats drop in drops)
        {
            ObserveRow row = drop.Last!;
            string from = row.Port is { } port ? $"port {port}  " : "";
            table.Add(drop.Reason, ObserveText.Clock(row), $"{from}{row.Packet}");
        }
        text.Append('\n').Append(table);
    }

    private static string InParentheses(string name) => name.Length == 0 ? "" : $" ({name})";
}
