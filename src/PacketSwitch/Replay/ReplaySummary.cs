// What a replay reports at its end, as text and as JSON: the same figures.

using System.Text;
using System.Text.Json;
using PacketSwitch.DataPlane;
using PacketSwitch.Running;

namespace PacketSwitch.Replay;

/// <summary>The result of a replay.</summary>
/// <param name="Counters">The loop's counters.</param>
/// <param name="Sessions">Sessions still in the table at the end.</param>
/// <param name="Answers">The comparison of a one-file replay, else null.</param>
internal sealed record ReplaySummary(LoopCounters Counters, int Sessions, AnswerFigures? Answers)
{
    /// <summary>Lines for people.</summary>
    public string ToText(ReplayStatistics? statistics = null)
    {
        string text = SwitchFigures.Line([Counters], []) + $", {Sessions} at the end";
        text = Answers is null ? text : $"{text}{Environment.NewLine}{Answers.ToText()}";
        return statistics is null ? text : $"{text}{Environment.NewLine}{statistics.ToText()}";
    }

    /// <summary>One JSON object.</summary>
    public string ToJson(ReplayStatistics? statistics = null)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteNumber("schema", 1);
            json.WriteNumber("received", Counters.Received);
            json.WriteNumber("transmitted", Counters.Transmitted);
            json.WriteNumber("punted", Counters.Punted);
            json.WriteNumber("dropped_total", Counters.DroppedTotal);
            json.WriteStartObject("dropped");
            foreach ((DropReason reason, long count) in SwitchFigures.Dropped([Counters]))
            {
                json.WriteNumber(ReasonText.Of(reason), count);
            }
            json.WriteEndObject();
            json.WriteNumber("originated", Counters.Originated);
            json.WriteStartObject("sessions");
            json.WriteNumber("opened", Counters.Opened);
            json.WriteNumber("current", Sessions);
            json.WriteEndObject();
            Answers?.WriteJson(json);
            statistics?.WriteJson(json);
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length);
    }
}
