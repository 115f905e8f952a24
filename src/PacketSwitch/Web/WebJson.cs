// How the dashboard's samples are written: snake_case, as all reports.

using System.Text.Json.Serialization;

namespace PacketSwitch.Web;

/// <summary>The samples' serializer.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(LiveSample))]
[JsonSerializable(typeof(LiveSample[]))]
internal sealed partial class WebJson : JsonSerializerContext;
