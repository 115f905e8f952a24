// Judges JSON by the part of JSON Schema that the published schemas use: type, properties, required, additionalProperties, items, enum, $ref within
// the document. A word of the schema that it does not know fails, so that nothing is passed over.

using System.Text.Json.Nodes;

namespace PacketSwitch.Cli.Tests.Support;

internal static class JsonSchema
{
    private static readonly string[] Known =
        ["$schema", "title", "description", "type", "properties", "required", "additionalProperties", "items", "enum", "$ref",
            "default"];

    /// <summary>Every place where the instance is not what the schema says; empty when it is valid.</summary>
    public static IReadOnlyList<string> Problems(JsonNode schema, JsonNode? instance)
    {
        List<string> problems = [];
        Judge(schema, schema, instance, "$", problems);
        return problems;
    }

    private static void Judge(JsonNode root, JsonNode schema, JsonNode? instance, string at, List<string> problems)
    {
        JsonObject rules = schema.AsObject();
        foreach ((string word, _) in rules.Where(rule => !Known.Contains(rule.Key)))
            problems.Add($"{at}: the schema says '{word}', which is not understood");
        if (rules["$ref"] is { } reference)
        {
            Judge(root, Resolve(root, (string)reference!), instance, at, problems);
            return;
        }
        if (rules["type"] is { } type)
        {
            string[] allowed = type is JsonArray many ? [.. many.Select(one => (string)one!)] : [(string)type!];
            if (!allowed.Any(one => Is(one, instance)))
            {
                problems.Add($"{at}: {instance?.ToJsonString() ?? "null"} is no {string.Join(" or ", allowed)}");
                return;
            }
        }
        if (rules["enum"] is JsonArray values && !values.Any(value => JsonNode.DeepEquals(value, instance)))
            problems.Add($"{at}: {instance?.ToJsonString()} is none of {values.ToJsonString()}");
        if (instance is JsonObject item)
            JudgeObject(root, rules, item, at, problems);
        if (instance is JsonArray list && rules["items"] is { } each)
        {
            for (int i = 0; i < list.Count; i++)
                Judge(root, each, list[i], $"{at}[{i}]", problems);
        }
    }

    private static void JudgeObject(JsonNode root, JsonObject rules, JsonObject item, string at, List<string> problems)
    {
        JsonObject properties = rules["properties"]?.AsObject() ?? [];
        foreach (JsonNode? name in rules["required"]?.AsArray() ?? [])
        {
            if (!item.ContainsKey((string)name!))
                problems.Add($"{at}: {name} is missing");
        }
        foreach ((string name, JsonNode? value) in item)
        {
            if (properties[name] is { } rule)
                Judge(root, rule, value, $"{at}.{name}", problems);
            else if (rules["additionalProperties"] is JsonValue more && !(bool)more)
                problems.Add($"{at}: {name} is not in the schema");
        }
    }

    private static JsonNode Resolve(JsonNode root, string reference)
    {
        JsonNode found = root;
        foreach (string part in reference.TrimStart('#').Split('/', StringSplitOptions.RemoveEmptyEntries))
            found = found is JsonArray list ? list[int.Parse(part)]! : found[part]!;
        return found;
    }

    private static bool Is(string type, JsonNode? instance) => type switch
    {
        "null" => instance is null,
        "object" => instance is JsonObject,
        "array" => instance is JsonArray,
        "string" => instance is JsonValue value && value.TryGetValue(out string? _),
        "boolean" => instance is JsonValue flag && flag.TryGetValue(out bool _),
        "integer" => instance is JsonValue whole && whole.TryGetValue(out long _),
        "number" => instance is JsonValue number && number.TryGetValue(out double _),
        _ => false,
    };
}
