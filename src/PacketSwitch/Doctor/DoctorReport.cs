// Prints what doctor found: lines for a person, JSON for a program, or the cures alone for a shell.
// Used by DoctorCommand.

using System.Text;
using System.Text.Json;

namespace PacketSwitch.Doctor;

/// <summary>All findings, each with the name of its check.</summary>
internal sealed class DoctorReport(IReadOnlyList<(string Check, Finding Finding)> findings)
{
    private const int SchemaVersion = 1;

    public int Problems => Count(DoctorLevel.Fail);

    public int Warnings => Count(DoctorLevel.Warn);

    /// <summary>Runs every check.</summary>
    public static DoctorReport Of(Examination patient) => new(
        [.. DoctorCatalog.All.SelectMany(
            check => check.Examine(patient).Select(finding => (check.Name, finding)))]);

    public void PrintText(TextWriter output)
    {
        foreach ((string check, Finding finding) in findings)
        {
            output.WriteLine($"{Word(finding.Level),-5} {check,-17} {finding.Text}");
            foreach (Cure cure in finding.Cures)
                output.WriteLine($"        fix{On(cure)}: {cure.Command}");
        }
        output.WriteLine(Problems + Warnings == 0
            ? "no problems"
            : $"{Plural(Problems, "problem")}, {Plural(Warnings, "warning")}");
    }

    /// <summary>
    /// A shell script: commands of this machine as they are, those of others and what no command
    /// cures as comments.
    /// </summary>
    public void PrintFixes(TextWriter output)
    {
        foreach ((string check, Finding finding) in findings)
        {
            if (finding.Level == DoctorLevel.Ok) continue;
            output.WriteLine($"# {check}: {finding.Text}");
            foreach (Cure cure in finding.Cures)
                output.WriteLine(cure.Host == "" ? cure.Command : $"# fix{On(cure)}: {cure.Command}");
        }
    }

    public void PrintJson(TextWriter output)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteNumber("schema", SchemaVersion);
            json.WriteNumber("problems", Problems);
            json.WriteNumber("warnings", Warnings);
            json.WriteStartArray("findings");
            foreach ((string check, Finding finding) in findings)
                Write(json, check, finding);
            json.WriteEndArray();
            json.WriteEndObject();
        }
        output.WriteLine(Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length));
    }

    private static void Write(Utf8JsonWriter json, string check, Finding finding)
    {
        json.WriteStartObject();
        json.WriteString("check", check);
        json.WriteString("level", Word(finding.Level).ToLowerInvariant());
        json.WriteString("text", finding.Text);
        json.WriteStartArray("fixes");
        foreach (Cure cure in finding.Cures)
        {
            json.WriteStartObject();
            json.WriteString("on", cure.Host);
            json.WriteString("command", cure.Command);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private int Count(DoctorLevel level) => findings.Count(item => item.Finding.Level == level);

    private static string On(Cure cure) => cure.Host == "" ? "" : $" on {cure.Host}";

    private static string Word(DoctorLevel level) => level switch
    {
        DoctorLevel.Ok => "ok",
        DoctorLevel.Warn => "warn",
        _ => "FAIL",
    };

    private static string Plural(int count, string word) =>
        count == 1 ? $"1 {word}" : $"{count} {word}s";
}
