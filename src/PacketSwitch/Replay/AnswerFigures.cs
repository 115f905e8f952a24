// How the answers of a one-file replay compare with the capture.

using System.Text.Json;

namespace PacketSwitch.Replay;

/// <summary>Counts of captured answers.</summary>
internal sealed class AnswerFigures
{
    /// <summary>Answers that left the switch as they stand in the capture, MACs aside.</summary>
    public long Identical { get; set; }

    /// <summary>Answers that left differently, or not at all.</summary>
    public long Different { get; set; }

    /// <summary>Answers of connections whose beginning the capture does not hold.</summary>
    public long NoSession { get; set; }

    /// <summary>Answers that no switch would pass on: wrong checksums or lengths, fragments that come twice or overlap.</summary>
    public long Refused { get; set; }

    /// <summary>The first answer that differed: its number in the file, and how; null when none did.</summary>
    public string? FirstDifference { get; set; }

    public string ToText()
    {
        string text = $"answers: {Identical} byte-identical, {Different} different, "
            + $"{NoSession} no-session (the capture does not hold their SYN, or they came too late)";
        text += Refused == 0 ? "" : $", {Refused} refused (malformed, wrong checksum, or a doubled fragment)";
        return FirstDifference is null ? text : $"{text}{Environment.NewLine}first difference: {FirstDifference}";
    }

    public void WriteJson(Utf8JsonWriter json)
    {
        json.WriteStartObject("answers");
        json.WriteNumber("identical", Identical);
        json.WriteNumber("different", Different);
        json.WriteNumber("no_session", NoSession);
        json.WriteNumber("refused", Refused);
        json.WriteString("first_difference", FirstDifference);
        json.WriteEndObject();
    }
}
