// The importers on samples written from the tools' documented syntax. Beside each sample stands
// what it becomes: the report by line, then the configuration. With PACKETSWITCH_BLESS=1 those
// files are written, for a person to read before they are committed.

using PacketSwitch.Control.Config;
using PacketSwitch.Control.Import;
using PacketSwitch.Tests.Control.Config;
using Xunit;

namespace PacketSwitch.Tests.Control.Import;

public sealed class ImporterTests
{
    private const int LeastSamplesPerTool = 10;
    private const string Result = ".imported";

    private static readonly string Folder = Path.Combine(
        Texts.RepositoryRoot, "tests", "PacketSwitch.Tests", "Control", "Import", "samples");

    public static TheoryData<string, string> Samples()
    {
        var samples = new TheoryData<string, string>();
        foreach (string format in Importer.Formats)
        {
            foreach (string sample in FilesOf(format))
            {
                samples.Add(format, Path.GetFileName(sample));
            }
        }
        return samples;
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void A_sample_becomes_what_stands_beside_it(string format, string sample)
    {
        string path = Path.Combine(Folder, format, sample);
        ImportResult result = Importer.Import(format, File.ReadAllText(path), sample);
        string made = result.Report(sample) + "\n\n" + ConfigWriter.Write(result.Config);
        if (Environment.GetEnvironmentVariable("PACKETSWITCH_BLESS") == "1")
        {
            File.WriteAllText(path + Result, made);
        }

        Assert.Equal(File.ReadAllText(path + Result), made);
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void What_a_sample_becomes_has_no_error(string format, string sample)
    {
        string path = Path.Combine(Folder, format, sample);
        ImportResult result = Importer.Import(format, File.ReadAllText(path), sample);

        Assert.Equal([], Texts.Errors(ConfigWriter.Write(result.Config)));
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void Every_line_that_says_something_is_accounted_for(string format, string sample)
    {
        string[] lines = File.ReadAllLines(Path.Combine(Folder, format, sample));
        ImportResult result = Importer.Import(format, string.Join('\n', lines), sample);
        int[] told = [.. result.Lines.Select(line => line.Line)];

        for (int i = 0; i < lines.Length; i++)
        {
            string line = lines[i].Trim();
            bool saysNothing = line.Length == 0 || line[0] is '#' or '!' or '{' or '}'
                || line.StartsWith("script ") || line.StartsWith("/*");
            Assert.True(saysNothing
                || told.Contains(i + 1), $"{sample}:{i + 1}: '{line}' is not in the report");
        }
        Assert.All(result.Lines.Where(line => line.Kind != ImportKind.Imported), line
            => Assert.NotEqual("", line.Note));
    }

    [Fact]
    public void There_are_ten_samples_of_each_tool_at_least()
        => Assert.All(
            Importer.Formats, format => Assert.True(FilesOf(format).Length >= LeastSamplesPerTool));

    [Fact]
    public void What_is_dumped_as_alteon_comes_back_equal()
    {
        int seed = Environment.TickCount;
        var random = new RandomConfig(seed);
        for (int i = 0; i < 200; i++)
        {
            SwitchConfig config = random.Next();

            ImportResult result = Importer.Import("alteon", ConfigWriter.Write(config), "dump.cfg");

            Assert.True(config.Equals(result.Config), $"seed {seed}, configuration {i}");
            Assert.Equal(0, result.Count(ImportKind.Ignored));
        }
    }

    [Theory]
    [InlineData("alteon")]
    [InlineData("keepalived")]
    [InlineData("haproxy")]
    [InlineData("ipvsadm")]
    public void No_text_makes_an_importer_throw(string format)
    {
        int seed = Environment.TickCount;
        var random = new Random(seed);
        string[] words = [.. Importer.Formats.SelectMany(FilesOf).SelectMany(File.ReadAllLines)
            .SelectMany(line => line.Split(' ', '\t')), "\n", "\n", "{", "}", "\"", ":", "[", "-a",
                "server"];
        for (int i = 0; i < 300; i++)
        {
            string text = string.Join(' ',
                Enumerable.Range(0, random.Next(80)).Select(_ => words[random.Next(words.Length)]));

            Exception? thrown = Record.Exception(() => Importer.Import(format, text, "random"));

            Assert.True(thrown is null, $"seed {seed}, text {i}: {thrown}\n{text}");
        }
    }

    private static string[] FilesOf(string format)
        => [.. Directory.GetFiles(Path.Combine(Folder, format))
            .Where(file => !file.EndsWith(Result)).Order(StringComparer.Ordinal)];
}
