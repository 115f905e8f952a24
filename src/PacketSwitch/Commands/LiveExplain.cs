// `packetswitch explain ... --live`: the running switch is asked by a control socket how it would
// treat a flow now. Called by ExplainCommand.

using System.Text.Json;
using PacketSwitch.Client;
using PacketSwitch.Explain;
using PacketSwitch.Reports;

namespace PacketSwitch.Commands;

/// <summary>Asks the running switch.</summary>
internal static class LiveExplain
{
    public static int Run(
        string? socket, ExplainRequest question, bool brief, bool json, TextWriter output)
        => ClientOptions.Run(socket, client =>
        {
            ExplainReport answer = Ask(client, question);
            output.WriteLine(json
                ? JsonSerializer.Serialize(answer, ReportJson.Readable.ExplainReport)
                : brief ? ExplanationText.Brief(answer) : Text(answer));
            return 0;
        });

    public static ExplainReport Ask(ControlClient client, ExplainRequest question) => client.Ask(
        "v1/explain", question, ReportJson.Readable.ExplainRequest,
        ReportJson.Readable.ExplainReport);

    /// <summary>The steps, and what the sources are lines of.</summary>
    public static string Text(ExplainReport answer)
    {
        string text = ExplanationText.Full(answer, "now");
        return answer.Steps.Any(IsLine)
            ? $"{text}\n(running:N is line N of: packetswitch dump)" : text;
    }

    private static bool IsLine(ExplainStep step)
        => step.Source?.StartsWith(LiveExplainer.Running, StringComparison.Ordinal) == true;
}
