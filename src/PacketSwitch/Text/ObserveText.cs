// A frame of `observe` on paper: one line, or a block of names and values.

using System.Globalization;
using System.Text;
using PacketSwitch.Reports;

namespace PacketSwitch.Text;

/// <summary>Frames for people.</summary>
internal static class ObserveText
{
    private const int NameColumn = 10;

    /// <summary>
    /// <c>22:47:13.104810 port 8  192.0.2.101:41022 > 192.0.2.2:80 tcp S 74 bytes  FORWARDED new
    /// real 2 (web2)  > port 1</c>.
    /// </summary>
    public static string Compact(ObserveRow row)
    {
        string server = row.Real is { } real ? $"  {Named("real", real, row.RealName)}" : "";
        string to = row.Out.Count == 0 ? "" : $"  > {Ports(row.Out)}";
        return $"{Clock(row)} {From(row),-7}  {row.Packet}  {Verdict(row)}{server}{to}"
            + (row.Waited ? "  (waited)" : "");
    }

    /// <summary>A line for each thing that is known, and an empty one.</summary>
    public static string Dict(ObserveRow row)
    {
        var text = new StringBuilder();
        Add("time", $"{Clock(row)}");
        Add("number", row.Number == 0 ? "" : row.Number.ToString(CultureInfo.InvariantCulture));
        Add("in", row.Port is null ? "" : From(row));
        Add("packet", row.Packet);
        Add("verdict", Verdict(row));
        Add("virt", row.Virt is { } virt ? Named("virt", virt, row.VirtName) : "");
        Add("real", row.Real is { } real ? Named("real", real, row.RealName) : "");
        Add("out", row.Out.Count == 0 ? "" : Ports(row.Out));
        Add("waited", row.Waited ? "yes" : "");
        Add("why", row.Why);
        return text.ToString();

        void Add(string name, string value)
        {
            if (value.Length > 0)
                text.AppendLine($"{(name + ":").PadRight(NameColumn)}{value}");
        }
    }

    /// <summary>The line at the end.</summary>
    public static string Figures(WatchFigures figures)
        => string.Create(CultureInfo.InvariantCulture,
            $"{figures.Observed:N0} frames observed, {figures.NotObserved:N0} not observed")
            + (figures.NotObserved == 0 ? "" : string.Create(CultureInfo.InvariantCulture,
                $" (at most {figures.PerSecond:N0} a second of each loop; --rate N for more)"));

    private static string Verdict(ObserveRow row) => row.Verdict switch
    {
        "transmit" => $"FORWARDED {row.Reason}",
        "drop" => $"DROPPED {row.Reason}",
        "punt" => $"PUNTED {row.Reason}",
        _ => "ORIGINATED",
    };

    private static string From(ObserveRow row)
        => row.Port is { } port ? Port(port) : "switch";

    private static string Port(int port)
        => port == 0 ? "host" : string.Create(CultureInfo.InvariantCulture, $"port {port}");

    private static string Ports(IReadOnlyList<int> ports)
        => string.Join(", ", ports.Select(Port));

    private static string Named(string kind, int id, string name)
        => string.Create(CultureInfo.InvariantCulture, $"{kind} {id}")
            + (name.Length == 0 ? "" : $" ({name})");

    /// <summary>This machine's time of day, with microseconds.</summary>
    public static string Clock(ObserveRow row)
        => DateTime.Parse(row.Time, CultureInfo.InvariantCulture)
            .ToString("HH:mm:ss.ffffff", CultureInfo.InvariantCulture);
}
