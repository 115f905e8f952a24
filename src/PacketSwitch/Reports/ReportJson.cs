// How reports are written as JSON and read back: snake_case, numbers as numbers, nothing left out. Used by both ends of the control socket
// and by the tests that hold the outputs to the schemas in Schemas/.

using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace PacketSwitch.Reports;

/// <summary>The reports' serializer.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(StatusReport))]
[JsonSerializable(typeof(StatsReport))]
[JsonSerializable(typeof(SessionsReport))]
[JsonSerializable(typeof(KillReport))]
[JsonSerializable(typeof(OutcomeReport))]
[JsonSerializable(typeof(DiffReport))]
[JsonSerializable(typeof(EventsReport))]
[JsonSerializable(typeof(OperReport))]
[JsonSerializable(typeof(RefusalReport))]
[JsonSerializable(typeof(ObserveRow))]
[JsonSerializable(typeof(WatchFigures))]
[JsonSerializable(typeof(PacketsReport))]
[JsonSerializable(typeof(ShellReport))]
[JsonSerializable(typeof(ShellRequest))]
[JsonSerializable(typeof(ClearReport))]
[JsonSerializable(typeof(ExplainReport))]
[JsonSerializable(typeof(ExplainRequest))]
[JsonSerializable(typeof(VersionReport))]
internal sealed partial class ReportJson : JsonSerializerContext
{
    /// <summary>The same for people's eyes: quotes and letters of any language stand as they are.</summary>
    public static ReportJson Readable { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
