// An explanation on paper: lines for people, one sentence, or JSON with the same contents. Used by the explain command.

using System.Globalization;
using System.Text;
using System.Text.Json;
using PacketSwitch.DataPlane;
using PacketSwitch.Wire;

namespace PacketSwitch.Explain;

/// <summary>Prints explanations.</summary>
internal static class ExplanationText
{
    private const int SourceColumn = 92;

    /// <summary>The steps, then the verdict.</summary>
    public static string Full(Explanation explanation, Surroundings names)
    {
        FrameTrace trace = explanation.Trace;
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture,
            $"#{trace.Number} {Clock(trace.TimeNs)} port {names.PortIds[trace.First.Port]} in  ");
        text.AppendLine(FrameText.Describe(trace.Bytes));
        int number = 0;
        foreach (ExplainLine line in explanation.Lines)
        {
            string index = line.Step.Length == 0 ? "" : $"{++number}";
            string row = $"{index,3} {line.Step,-8}  {line.Result,-11} {line.Text}";
            text.AppendLine((line.Source is null ? row : $"{row.PadRight(SourceColumn)} {line.Source}").TrimEnd());
        }
        return text.Append(explanation.Verdict).ToString();
    }

    /// <summary>One line.</summary>
    public static string Brief(Explanation explanation)
        => $"#{explanation.Trace.Number} {FrameText.Describe(explanation.Trace.Bytes)}  {explanation.Brief}";

    /// <summary>One object per frame.</summary>
    public static void WriteJson(Utf8JsonWriter json, Explanation explanation, Surroundings names)
    {
        FrameTrace trace = explanation.Trace;
        FrameInfo info = trace.Info;
        json.WriteStartObject();
        json.WriteNumber("schema", 1);
        json.WriteNumber("frame", trace.Number);
        json.WriteNumber("time_s", trace.TimeNs / 1e9);
        json.WriteNumber("port", names.PortIds[info.Port]);
        json.WriteString("packet", FrameText.Describe(trace.Bytes));
        json.WriteStartArray("steps");
        foreach (ExplainLine line in explanation.Lines)
        {
            json.WriteStartObject();
            json.WriteString("step", line.Step.Length == 0 ? "rewrite" : line.Step);
            json.WriteString("result", line.Result);
            json.WriteString("text", line.Text);
            json.WriteString("source", line.Source);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteString("verdict", ReasonText.Of(info.Verdict));
        json.WriteString("reason", info.Verdict == Verdict.Drop ? ReasonText.Of(info.Drop) : ReasonText.Of(info.Pass));
        WriteNumber(json, "virt", info.Virt);
        WriteNumber(json, "real", info.Real);
        json.WriteStartArray("out");
        foreach (int port in trace.Copies.Select(copy => names.PortIds[copy.Port]).Distinct())
        {
            json.WriteNumberValue(port);
        }
        json.WriteEndArray();
        json.WriteString("brief", explanation.Brief);
        json.WriteEndObject();
    }

    private static void WriteNumber(Utf8JsonWriter json, string name, int value)
    {
        if (value == 0)
        {
            json.WriteNull(name);
        }
        else
        {
            json.WriteNumber(name, value);
        }
    }

    private static string Clock(long timeNs)
        => DateTimeOffset.FromUnixTimeMilliseconds(timeNs / 1_000_000).ToString("HH:mm:ss", CultureInfo.InvariantCulture)
            + string.Create(CultureInfo.InvariantCulture, $".{timeNs % 1_000_000_000 / 1000:D6}");
}
