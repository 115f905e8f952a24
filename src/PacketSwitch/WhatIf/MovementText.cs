// What a what-if found, on paper and as JSON. Used by the whatif command.

using System.Globalization;
using System.Text;
using System.Text.Json;
using PacketSwitch.Control.Config;
using PacketSwitch.Explain;

namespace PacketSwitch.WhatIf;

/// <summary>Prints movements.</summary>
internal static class MovementText
{
    /// <summary>A line for each metric, the shares, an advice.</summary>
    public static string Text(
        SwitchConfig config, GroupConfig group, string said, List<Movement> movements)
    {
        var names = new Surroundings(config, []);
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture,
            $"group {group.Id}: {said}; of {movements[0].Flows:N0} flows would change server:");
        foreach (Movement movement in movements)
        {
            string note = movement.ByClient
                ? string.Create(CultureInfo.InvariantCulture,
                    $"least possible is {Percent(movement.Least, movement.Flows)} %")
                : movement.Moved > 0 ? "sessions of the removed server; the others are kept"
                : "sessions are kept; only new ones are shared anew";
            text.AppendLine(CultureInfo.InvariantCulture,
                $"  {movement.Metric,-11} {Percent(movement.Moved, movement.Flows),5} % "
                + $"{movement.Moved,10:N0}     "
                + $"{(movement.IsCurrent ? "current metric; " : "")}{note}");
        }
        Movement first = movements[0];
        text.AppendLine("shares of new sessions:");
        foreach (int real in first.Before.Keys.Union(first.After.Keys).Order())
        {
            int before = first.Before.GetValueOrDefault(real);
            int after = first.After.GetValueOrDefault(real);
            text.AppendLine(CultureInfo.InvariantCulture,
                $"  {names.Real(real),-20} {Percent(before, first.Flows),5} % > "
                + $"{Percent(after, first.After.Values.Sum()),5} %");
        }
        if (movements.Count == 1)
        {
            return text.Append("advice: established sessions stay where they are; counted are "
                + "clients that come again").ToString();
        }
        Movement? gentler = movements.Where(each => each.ByClient).MinBy(each => each.Moved);
        return text.Append(first.ByClient && gentler is not null && gentler.Moved < first.Moved / 2
            ? $"advice: with \"{first.Metric}\", change the group at a quiet hour, or the metric "
                + $"to {gentler.Metric} first"
            : "advice: nothing moves that need not").ToString();
    }

    /// <summary>The same as data.</summary>
    public static string Json(GroupConfig group, string said, List<Movement> movements)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteNumber("schema", 1);
            json.WriteNumber("group", group.Id);
            json.WriteString("change", said);
            json.WriteNumber("flows", movements[0].Flows);
            json.WriteStartArray("metrics");
            foreach (Movement movement in movements)
            {
                json.WriteStartObject();
                json.WriteString("metric", movement.Metric);
                json.WriteBoolean("current", movement.IsCurrent);
                json.WriteNumber("moved", movement.Moved);
                json.WriteNumber("kept", movement.Flows - movement.Moved);
                json.WriteNumber("least_possible", movement.Least);
                WriteShares(json, "before", movement.Before);
                WriteShares(json, "after", movement.After);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length);
    }

    private static void WriteShares(
        Utf8JsonWriter json, string name, SortedDictionary<int, int> shares)
    {
        json.WriteStartObject(name);
        foreach ((int real, int flows) in shares)
        {
            json.WriteNumber(real.ToString(CultureInfo.InvariantCulture), flows);
        }
        json.WriteEndObject();
    }

    private static string Percent(int part, int whole)
        => (whole == 0 ? 0 : 100.0 * part / whole).ToString("0.0", CultureInfo.InvariantCulture);
}
