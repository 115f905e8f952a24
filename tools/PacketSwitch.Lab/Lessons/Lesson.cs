// One lesson: a lab of its own, a few things to see, each checked as it is said, the walk of a
// packet, and a question to think about. Run by LessonCatalog; ends in under 30 seconds. What it
// claims must hold, or it fails: every lesson is a test.
using PacketSwitch.Lab.Scenarios;
using PacketSwitch.Lab.Stage;

namespace PacketSwitch.Lab.Lessons;

internal abstract class Lesson(LabOptions options)
{
    protected const string Web = Network.Vip + ":80";

    protected static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    protected LabOptions Options { get; } = options;

    protected ClientPrograms Clients { get; } = new(options);

    /// <summary>The switch that runs now; <see cref="Use"/> starts another.</summary>
    protected SwitchProgram? Switch { get; private set; }

    /// <summary>What it is about, in a few lines.</summary>
    protected abstract string Story { get; }

    /// <summary>To think about afterwards; the lab can answer it.</summary>
    protected abstract string Question { get; }

    /// <summary>The configuration that it begins with, of the folder configs.</summary>
    protected abstract string Configuration { get; }

    /// <summary>What there is to see. A step throws when it is not so.</summary>
    protected abstract (string Label, Func<StepReport> See)[] Steps();

    public int Run(int number, string title)
    {
        Console.WriteLine($"\nLesson {number}: {title}\n\n{Indented(Story)}\n");
        var steps = Steps();
        var printer = new StepPrinter(steps.Length + 1);
        if (!printer.Step($"the lab, {Configuration}", Begin))
            return printer.Finish(endHeld: false);
        var held = true;
        foreach (var (label, see) in steps) held &= printer.Step(label, see);
        held = Switch!.EndWith(held);
        Console.WriteLine($"\nQuestion:\n\n{Indented(Question)}\n");
        return printer.Finish(held);
    }

    /// <summary>Makes the hosts ready; the servers of most lessons are those of the main
    /// lab.</summary>
    protected virtual void StartHosts() => Clients.StartServers();

    /// <summary>Ends the switch and starts it with another configuration.</summary>
    protected void Use(string configuration)
    {
        Switch!.Stop();
        Switch = SwitchProgram.Start(Options, configuration);
    }

    /// <summary>The walk of one request of a client.</summary>
    protected PacketWalk Walk(string client, string target = Web)
    {
        var walk = new PacketWalk(client);
        var get = RunningProgram.StartOwn(client, client, Options.LogFolder, "get", target,
            "--timeout", "15000");
        if (!get.WaitForExit(Patience) || get.ExitCode != 0)
            throw new LabException($"no answer from {target}: {get.Lines().FirstOrDefault()}");
        walk.Follow();
        return walk;
    }

    /// <summary>One client asks so many times; who answered how often.</summary>
    protected Spread Ask(string client, int count, params string[] words)
    {
        var program = RunningProgram.StartOwn(
            client, client, Options.LogFolder, words.Length > 0 ? words : ["get", Web, "--count",
                $"{count}", "--timeout", "15000"]);
        if (!program.WaitForExit(Patience))
            throw new LabException($"{client} does not end");
        var spread = new Spread();
        spread.Add(program, count);
        spread.MustHaveNoFailure();
        return spread;
    }

    private StepReport Begin()
    {
        Network.Build(Options.OffloadsOn);
        StartHosts();
        Switch = SwitchProgram.Start(Options, Configuration);
        return new StepReport("three clients, the switch, three real servers");
    }

    private static string Indented(string text) => string.Join('\n', text.Split('\n').Select(line =>
        $"  {line}"));
}
