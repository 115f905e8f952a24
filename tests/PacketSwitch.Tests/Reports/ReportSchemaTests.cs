// The schemas in src/PacketSwitch/Schemas are those of the reports that the program prints with --json. PACKETSWITCH_BLESS=1 rewrites them; a change
// of one is a change of what scripts read.

using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using PacketSwitch.Reports;
using PacketSwitch.Tests.Control.Config;
using Xunit;

namespace PacketSwitch.Tests.Reports;

public sealed class ReportSchemaTests
{
    private static readonly JsonSerializerOptions Written = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    [Theory]
    [InlineData("status", typeof(StatusReport), "packetswitch status|real|group|virt|port list|show --json")]
    [InlineData("stats", typeof(StatsReport), "packetswitch stats --json")]
    [InlineData("sessions", typeof(SessionsReport), "packetswitch sessions --json")]
    [InlineData("sessions-kill", typeof(KillReport), "packetswitch sessions --kill --json")]
    [InlineData("events", typeof(EventsReport), "packetswitch events --json")]
    [InlineData("event", typeof(EventRow), "a line of packetswitch events --follow --json, and an event of /v1/events/stream")]
    [InlineData("observe", typeof(ObserveRow), "a line of packetswitch observe --json")]
    [InlineData("packets", typeof(PacketsReport), "the answer of GET /v1/packets?last=")]
    [InlineData("diff", typeof(DiffReport), "packetswitch diff --json")]
    [InlineData("outcome", typeof(OutcomeReport), "packetswitch apply|confirm|save|revert|load|set|add|del --json")]
    [InlineData("oper", typeof(OperReport), "packetswitch real ena|dis --json")]
    [InlineData("explain", typeof(ExplainReport), "packetswitch explain --json")]
    [InlineData("version", typeof(VersionReport), "packetswitch version --json")]
    [InlineData("stats-clear", typeof(ClearReport), "packetswitch stats --clear --json")]
    [InlineData("shell", typeof(ShellReport), "the answer of POST /v1/shell")]
    [InlineData("refusal", typeof(RefusalReport), "the answer of the control socket to a request that it refuses")]
    public void A_published_schema_is_that_of_its_report(string name, Type report, string title)
    {
        string path = Path.Combine(Texts.RepositoryRoot, "src", "PacketSwitch", "Schemas", $"{name}.json");
        JsonNode schema = ReportJson.Readable.Options.GetJsonSchemaAsNode(report, new JsonSchemaExporterOptions
        {
            TreatNullObliviousAsNonNullable = true,
            TransformSchemaNode = (_, node) => Closed(node),
        });
        var whole = new JsonObject
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["title"] = title,
        };
        foreach ((string key, JsonNode? value) in schema.AsObject())
            whole[key] = value?.DeepClone();
        string text = whole.ToJsonString(Written) + "\n";
        if (Environment.GetEnvironmentVariable("PACKETSWITCH_BLESS") == "1")
            File.WriteAllText(path, text);

        Assert.Equal(text, File.ReadAllText(path));
    }

    // What is not in the schema does not come; what a report has of an object, it always has.
    private static JsonNode Closed(JsonNode node)
    {
        if (node is JsonObject rules && rules["properties"] is JsonObject properties)
        {
            rules["additionalProperties"] = false;
            rules["required"] = new JsonArray([.. properties.Select(property => (JsonNode)property.Key)]);
        }
        return node;
    }
}
