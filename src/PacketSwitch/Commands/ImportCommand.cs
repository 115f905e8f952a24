// `packetswitch import`: another tool's configuration as ours, with an account of every line. The
// configuration goes to stdout or -o, the report to stderr, so that both can be kept.

using System.CommandLine;
using PacketSwitch.Control.Config;
using PacketSwitch.Control.Import;
using PacketSwitch.PacketIo;

namespace PacketSwitch.Commands;

/// <summary>Imports configurations.</summary>
internal static class ImportCommand
{
    private const int Invalid = 3;

    /// <summary>The command's row in the command tree.</summary>
    public static Command Row()
    {
        string formats = string.Join(", ", Importer.Formats);
        var format = new Argument<string>("FORMAT") { Description = formats };
        var file = new Argument<string>("FILE") { Description = "the other tool's configuration" };
        var output = new Option<string?>("-o") { Description = "where ours goes; stdout without" };
        var report = new Option<bool>("--report")
        {
            Description =
            "what became of every line, and no configuration on stdout"
        };
        var command = new Command(
            "import", $"read the configuration of {formats}") { format, file, output, report };
        command.SetAction(parsed => Run(
            parsed.GetValue(format)!, parsed.GetValue(file)!, parsed.GetValue(output),
                parsed.GetValue(report),
            Console.Out, Console.Error));
        return command;
    }

    private static int Run(
        string format, string file, string? to, bool wantsReport, TextWriter output,
            TextWriter errors)
    {
        if (!Importer.Formats.Contains(format))
        {
            string nearest = NearestWord.Find(format, [.. Importer.Formats]) is { } word
                ? $"; did you mean '{word}'?" : "";
            errors.WriteLine($"import: '{format}' is no format (known: "
                + $"{string.Join(", ", Importer.Formats)}){nearest}");
            return PortProblem.Usage;
        }
        if (!ConfigFile.TryRead(file, out string text, out string reason))
        {
            errors.WriteLine($"{file}: cannot read it: {reason}");
            return PortProblem.Usage;
        }
        ImportResult result = Importer.Import(format, text, file);
        string written = $"# imported from {Path.GetFileName(file)} ({format}): {result.Sums()}\n"
            + Hint(result)
            + ConfigWriter.Write(result.Config);
        if (to is not null)
        {
            try
            {
                File.WriteAllText(to, written);
            }
            catch (Exception e) when (
                e is IOException or UnauthorizedAccessException or ArgumentException)
            {
                errors.WriteLine($"-o {to}: cannot write: {e.Message}");
                return PortProblem.Usage;
            }
        }
        else if (!wantsReport)
        {
            output.Write(written);
        }
        (wantsReport ? output : errors).WriteLine(
            wantsReport ? result.Report(file) : $"{file}: {result.Sums()}; every line: --report");
        // What was written must be a configuration that can run once it has ports.
        ConfigProblem[] wrong = [.. ConfigChecker.Check(written, to ?? file, ConfigUse.Check)
            .Problems.Where(problem => problem.IsError)];
        Array.ForEach(wrong, problem => errors.WriteLine(ProblemText.Render(problem)));
        return wrong.Length > 0 ? Invalid : 0;
    }

    private static string Hint(ImportResult result)
        => result.Config.Ports.Count > 0 ? ""
            : "# add the ports: port 8 / intf NAME / client ena, port 1 / intf NAME / server ena\n";
}
