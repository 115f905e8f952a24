// `packetswitch check FILE...`: is this configuration right? Prints every problem of every file, or
// the same as JSON. Each file is a configuration on its own. The command tree in Program calls it.

using System.CommandLine;
using System.Text;
using System.Text.Json;
using PacketSwitch.Control.Config;

namespace PacketSwitch.Commands;

/// <summary>Checks configuration files without running them.</summary>
public static class CheckCommand
{
    private const int Ok = 0;
    private const int Unreadable = 2;
    private const int Invalid = 3;
    private const int SchemaVersion = 1;

    /// <summary>The command's row in the command tree.</summary>
    public static Command Row()
    {
        var files = new Argument<string[]>("FILE") { Arity = ArgumentArity.OneOrMore };
        var json = new Option<bool>("--json") { Description = "machine-readable output" };
        var command = new Command("check", "is this configuration right?") { files, json };
        command.SetAction(parsed => Run(
            parsed.GetValue(files)!, parsed.GetValue(json), Console.Out, Console.Error));
        return command;
    }

    /// <summary>Exit code 3 if a file has an error, else 2 if one cannot be read, else 0.</summary>
    public static int Run(
        IReadOnlyList<string> files, bool json, TextWriter output, TextWriter errors)
    {
        CheckedFile[] results = [.. files.Select(Read)];
        if (json)
            output.WriteLine(ToJson(results));
        foreach (CheckedFile result in results)
        {
            if (result.Config is null)
                errors.WriteLine(
                    $"{result.Problems[0].Location.File}: {result.Problems[0].Message}");
            else if (!json)
                PrintText(result, output);
        }
        return results.Any(result => result.Config is not null && result.HasErrors) ? Invalid
            : results.Any(result => result.Config is null) ? Unreadable
            : Ok;
    }

    private static CheckedFile Read(string file)
    {
        if (!ConfigFile.TryRead(file, out string text, out string reason))
        {
            var problem = new ConfigProblem(
                ProblemSeverity.Error, new SourceLocation(file, 0, 0, 0),
                $"cannot read the configuration: {reason}");
            return new CheckedFile(file, null, [problem]);
        }
        ParsedConfig parsed = ConfigChecker.Check(text, file, ConfigUse.Check);
        return new CheckedFile(file, parsed.Config, parsed.Problems);
    }

    private static void PrintText(CheckedFile result, TextWriter output)
    {
        foreach (ConfigProblem problem in result.Problems)
            output.WriteLine(ProblemText.Render(problem));
        if (result.HasErrors)
            output.WriteLine(ProblemText.Count(result.Problems));
        else
            output.WriteLine(
                $"{result.File}: ok{Warnings(result)}; {ConfigSummary.Of(result.Config!)}");
    }

    private static string Warnings(CheckedFile result) =>
        result.Problems.Count == 0 ? "" : $", {ProblemText.Count(result.Problems)}";

    private static string ToJson(CheckedFile[] results)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteNumber("schema", SchemaVersion);
            if (results.Length == 1)
            {
                WriteFile(json, results[0]);
            }
            else
            {
                WriteProblems(json, results.SelectMany(result => result.Problems));
                json.WriteStartArray("files");
                foreach (CheckedFile result in results)
                {
                    json.WriteStartObject();
                    WriteFile(json, result);
                    json.WriteEndObject();
                }
                json.WriteEndArray();
            }
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length);
    }

    private static void WriteFile(Utf8JsonWriter json, CheckedFile result)
    {
        json.WriteString("file", result.File);
        WriteProblems(json, result.Problems);
        json.WritePropertyName("config");
        if (result.Config is null)
            json.WriteNullValue();
        else
            ConfigJson.WriteConfig(json, result.Config);
    }

    private static void WriteProblems(Utf8JsonWriter json, IEnumerable<ConfigProblem> problems)
    {
        json.WritePropertyName("errors");
        ConfigJson.WriteProblems(json, problems, ProblemSeverity.Error);
        json.WritePropertyName("warnings");
        ConfigJson.WriteProblems(json, problems, ProblemSeverity.Warning);
    }

    /// <summary>
    /// A file and what was found in it; no configuration if it could not be read.
    /// </summary>
    private sealed record CheckedFile(
        string File, SwitchConfig? Config, IReadOnlyList<ConfigProblem> Problems)
    {
        public bool HasErrors => Problems.Any(problem => problem.IsError);
    }
}
