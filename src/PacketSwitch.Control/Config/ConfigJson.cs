// Writes configurations and their problems as JSON for `check --json`. Names are the configuration's
// own words; numbers are numbers; ena and dis are true and false.

using System.Text.Json;

namespace PacketSwitch.Control.Config;

/// <summary>Configuration and problems as JSON.</summary>
public static class ConfigJson
{
    /// <summary>
    /// The configuration as an object: sys, ifs, gws, ports, adv, reals, groups, virts, slb.
    /// </summary>
    public static void WriteConfig(Utf8JsonWriter json, SwitchConfig config)
    {
        json.WriteStartObject();
        json.WritePropertyName("sys");
        WriteItem(json, config.System, WordTable.System);
        WriteItems(json, "ifs", config.Interfaces, item => item.Id, WordTable.Interface);
        WriteItems(json, "gws", config.Gateways, item => item.Id, WordTable.Gateway);
        WriteItems(json, "ports", config.Ports, item => item.Id, WordTable.Port);
        json.WritePropertyName("adv");
        WriteItem(json, config.Advanced, WordTable.Advanced);
        WriteItems(json, "reals", config.Reals, item => item.Id, WordTable.Real);
        WriteItems(json, "groups", config.Groups, item => item.Id, WordTable.Group);
        WriteItems(json, "virts", config.Virts, item => item.Id, WordTable.Virt, WriteServices);
        json.WriteBoolean("slb", config.SlbOn);
        json.WriteEndObject();
    }

    /// <summary>The problems of one severity as an array.</summary>
    public static void WriteProblems(
        Utf8JsonWriter json, IEnumerable<ConfigProblem> problems, ProblemSeverity severity)
    {
        json.WriteStartArray();
        foreach (ConfigProblem problem in problems.Where(problem => problem.Severity == severity))
        {
            json.WriteStartObject();
            json.WriteString("file", problem.Location.File);
            json.WriteNumber("line", problem.Location.Line);
            json.WriteNumber("column", problem.Location.Column);
            json.WriteString("severity", problem.IsError ? "error" : "warning");
            json.WriteString("message", problem.Message);
            json.WriteString("nearest", problem.Nearest);
            json.WriteStartArray("accepted");
            foreach (string word in problem.Accepted)
                json.WriteStringValue(word);
            json.WriteEndArray();
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void WriteItems<T>(
        Utf8JsonWriter json, string name, IEnumerable<T> items, Func<T, int> id,
        IReadOnlyList<WordRow> rows, Action<Utf8JsonWriter, T>? more = null)
        where T : class
    {
        json.WriteStartArray(name);
        foreach (T item in items)
        {
            json.WriteStartObject();
            json.WriteNumber("id", id(item));
            WriteWords(json, item, rows);
            more?.Invoke(json, item);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void WriteServices(Utf8JsonWriter json, VirtConfig virt) =>
        WriteItems(
            json, "services", virt.Services, item => item.Port, WordTable.Service, WriteServiceId);

    private static void WriteServiceId(Utf8JsonWriter json, ServiceConfig service)
    {
        json.WriteNumber("port", service.Port);
        json.WriteString("service", service.Name.Length == 0 ? null : service.Name);
    }

    private static void WriteItem(Utf8JsonWriter json, object item, IReadOnlyList<WordRow> rows)
    {
        json.WriteStartObject();
        WriteWords(json, item, rows);
        json.WriteEndObject();
    }

    private static void WriteWords(Utf8JsonWriter json, object item, IReadOnlyList<WordRow> rows)
    {
        foreach (WordRow row in rows.Where(row => row.IsWritten))
        {
            json.WritePropertyName(row.Name);
            WriteValue(json, row.ToJson(item));
        }
    }

    private static void WriteValue(Utf8JsonWriter json, object? value)
    {
        switch (value)
        {
            case null:
                json.WriteNullValue();
                break;
            case bool flag:
                json.WriteBooleanValue(flag);
                break;
            case int number:
                json.WriteNumberValue(number);
                break;
            case string text:
                json.WriteStringValue(text);
                break;
            case int[] numbers:
                json.WriteStartArray();
                foreach (int number in numbers)
                    json.WriteNumberValue(number);
                json.WriteEndArray();
                break;
            case string[] texts:
                json.WriteStartArray();
                foreach (string text in texts)
                    json.WriteStringValue(text);
                json.WriteEndArray();
                break;
            default:
                throw new InvalidOperationException($"No JSON form for a {value.GetType().Name}.");
        }
    }
}
