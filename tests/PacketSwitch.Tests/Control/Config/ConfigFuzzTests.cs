// Whatever a file holds, reading, judging, printing and writing it ends soon and never throws.

using System.Text;
using PacketSwitch.Control.Config;
using Xunit;

namespace PacketSwitch.Tests.Control.Config;

public sealed class ConfigFuzzTests
{
    private const int Rounds = 20_000;

    private static readonly string[] Pieces =
    [
        "/cfg", "/c", "/slb", "/l3", "/ip", "real", "group", "virt", "service", "port", "if", "gw",
        "adv", "sys", "rip", "vip", "name", "weight", "metric", "health", "content", "add", "rem",
        "backup", "pip", "pbind", "mask", "addr", "intf", "client", "server", "ena", "dis", "on",
        "off", "apply", "save", "del", "up", "..", "/", "//", "/info/slb/dump",
        "Enter number: (1-255) 1 [Enter]", "Main#", "( note Prompt#", ")", "#", ";", "/*", "*/",
        "script start", "script end", "\"", "\\", "1", "0", "80", "http", "99999999999", "-1",
        "10.0.0.0/8", "192.0.2.5", "2001:db8::1", "::", "r9", "g2", "02:00:00:00:00:01", "\t",
        "    ", "\n", "\r\n", "\u00a0", "가", "\0", "\uD800", "\u202e", "\u001b[31m", "clientip",
        "norport", "leastconns", ",", "255.255.255.0",
    ];

    [Fact]
    public void Random_and_mutated_texts_are_read_without_an_exception_and_in_bounded_time()
    {
        int seed = Environment.TickCount;
        string[] corpus = Corpus();
        long slowestMs = 0;
        for (int round = 0; round < Rounds; round++)
        {
            var random = new Random(seed + round);
            string text = random.Next(2) == 0
                ? Scramble(random)
                : Mutate(random, corpus[random.Next(corpus.Length)]);
            try
            {
                TimeSpan took = ThreadTime.Of(() => Exercise(text));
                slowestMs = Math.Max(slowestMs, (long)took.TotalMilliseconds);
            }
            catch (Exception e)
            {
                Assert.Fail($"seed {seed + round}: {e}\n{text}");
            }
        }
        Assert.True(slowestMs < 5_000, $"seed {seed}: one text took {slowestMs} ms");
    }

    [Theory]
    [InlineData("/", 200_000)]
    [InlineData("/*\n", 50_000)]
    [InlineData("\"", 200_000)]
    [InlineData("a", 200_000)]
    [InlineData("real 1/", 30_000)]
    [InlineData("( x# ", 50_000)]
    [InlineData("group 1/add 1\n", 30_000)]
    [InlineData("wieght\n", 30_000)]
    [InlineData(" /", 100_000)]
    [InlineData("name a/", 20_000)]
    public void A_long_repetition_is_read_in_bounded_time(string piece, int times)
    {
        string text = new StringBuilder().Insert(0, piece, times).ToString();

        TimeSpan took = ThreadTime.Of(() => Exercise(text));

        Assert.InRange(took.TotalSeconds, 0, 20);
    }

    private static void Exercise(string text)
    {
        ParsedConfig parsed = ConfigChecker.Check(text, "fuzz.cfg", ConfigUse.Run);
        foreach (ConfigProblem problem in parsed.Problems.Take(100))
        {
            string rendered = ProblemText.Render(problem);
            Assert.DoesNotContain('\u001b', rendered);
            Assert.True(problem.Location.Column <= problem.LineText.Length + 1
                || problem.LineText.Length == 0);
        }
        ParsedConfig again = ConfigParser.Parse(ConfigWriter.Write(parsed.Config), "again.cfg");
        Assert.DoesNotContain(again.Problems, problem => problem.IsError);
        Assert.Equal(parsed.Config, again.Config);
    }

    private static string[] Corpus() =>
        [.. Directory.GetFiles(Config.Texts.BrokenFolder, "*.cfg").Select(File.ReadAllText),
            ConfigWriter.Write(new RandomConfig(1).Next(), defaults: true)];

    private static string Scramble(Random random)
    {
        var text = new StringBuilder();
        int count = random.Next(1, 60);
        for (int index = 0; index < count; index++)
        {
            text.Append(Pieces[random.Next(Pieces.Length)]);
            if (random.Next(3) > 0)
                text.Append(' ');
        }
        return text.ToString();
    }

    private static string Mutate(Random random, string text)
    {
        var changed = new StringBuilder(text);
        int count = random.Next(1, 8);
        for (int index = 0; index < count && changed.Length > 0; index++)
        {
            int at = random.Next(changed.Length);
            switch (random.Next(4))
            {
                case 0:
                    changed.Remove(at, Math.Min(random.Next(1, 10), changed.Length - at));
                    break;
                case 1:
                    changed.Insert(at, Pieces[random.Next(Pieces.Length)]);
                    break;
                case 2:
                    changed[at] = (char)random.Next(random.Next(2) == 0 ? 128 : 65_536);
                    break;
                default:
                    changed.Insert(at,
                        changed.ToString(at, Math.Min(random.Next(1, 40), changed.Length - at)));
                    break;
            }
        }
        return changed.ToString();
    }
}
