// `sessions` as text: ipvsadm -Lnc's order, then ours.

using System.Globalization;
using PacketSwitch.Reports;

namespace PacketSwitch.Text;

/// <summary>Sessions for people.</summary>
internal static class SessionsText
{
    public static string Of(SessionsReport report)
    {
        var table = new ColumnTable(
            "PRO", "EXPIRE", "STATE", "SOURCE", "VIRTUAL", "DESTINATION", "REAL", "PKTS IN/OUT:", "BYTES IN/OUT:", "AGE:", "FLAGS");
        foreach (SessionRow row in report.Sessions)
        {
            table.Add(row.Proto.ToUpperInvariant(), Clock(row.ExpireS), row.State.ToUpperInvariant(),
                StatusText.EndPoint(row.Client, row.ClientPort), StatusText.EndPoint(row.Vip, row.VipPort),
                StatusText.EndPoint(row.Rip, row.Rport), $"{row.Real} {row.RealName}".Trim(),
                $"{row.PacketsIn}/{row.PacketsOut}", $"{NumberText.Short(row.BytesIn)}/{NumberText.Short(row.BytesOut)}",
                DurationText.Of(row.AgeS), row.Flags);
        }
        return table + Count(report) + "\n";
    }

    public static string Count(SessionsReport report) => string.Create(CultureInfo.InvariantCulture,
        $"{report.Sessions.Count} of {report.Matched} matching sessions ({report.Total} in all)")
        + (report.Sessions.Count < report.Matched ? "; --limit 0 for all, --json for scripts" : "");

    private static string Clock(long seconds) => string.Create(CultureInfo.InvariantCulture, $"{seconds / 60:00}:{seconds % 60:00}");
}
