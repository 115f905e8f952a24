// Compares the engines of two builds in one process: each is loaded apart from the other, and
// slices of their work alternate, so that whatever else the machine does meets both. Run by
// bench/compare.sh. It uses of a build what every build has had since the first benchmark:
// EngineHarness in packetswitch.dll. Ports and frames are therefore each build's own.

using System.Globalization;
using System.Reflection;
using System.Runtime.Loader;

namespace PacketSwitch.Bench;

/// <summary>Two engines, slice by slice.</summary>
internal static class Comparison
{
    private const int FrameBytes = 60;
    private const int SliceBursts = 64;
    private const int KnownSlices = 4_000;
    private const int OpenFlows = 1 << 16;
    private const int OpenRounds = 12;
    private const int WarmUpFlows = 1 << 12;
    private const double WarmUpNs = 1.5e9;
    private static readonly int[] Flows = [1 << 10, 1 << 16, 1_000_000];

    /// <summary>
    /// Measures and prints a line per figure. Returns 0, or 2 when a build cannot be used.
    /// </summary>
    public static int Run(string baseFolder, string headFolder, TextWriter output, TextWriter errors)
    {
        try
        {
            Assembly before = Load(baseFolder);
            Assembly after = Load(headFolder);
            output.WriteLine($"{"",-24}{"base",10}{"head",10}{"head/base",11}");
            WarmUp(before, after);
            foreach (int flows in Flows)
            {
                Known(before, after, flows, output);
            }
            New(before, after, output);
            output.WriteLine(
                $"{SliceBursts} bursts of 64 frames a slice, builds in turn, medians; {MachineText.Describe()}");
            return 0;
        }
        catch (Exception problem) when (problem is IOException or TypeLoadException
            or MissingMethodException or ArgumentException)
        {
            errors.WriteLine($"compare: {problem.Message}");
            return 2;
        }
    }

    private static void WarmUp(params Assembly[] builds)
    {
        foreach (Assembly build in builds)
        {
            using var engine = new LoadedEngine(build, WarmUpFlows, FrameBytes);
            for (double engineNs = 0; engineNs < WarmUpNs;)
            {
                engine.OpenAll();
                engineNs += engine.Known(16 * SliceBursts);
                engineNs += 3 * WarmUpFlows * 500.0; // The opening was work too.
                engine.EndAll();
            }
        }
    }

    private static void Known(Assembly before, Assembly after, int flows, TextWriter output)
    {
        using var first = new LoadedEngine(before, flows, FrameBytes);
        using var second = new LoadedEngine(after, flows, FrameBytes);
        first.OpenAll();
        second.OpenAll();
        var ns = new List<double>[] { [], [] };
        for (int slice = 0; slice < KnownSlices; slice++)
        {
            ns[0].Add(first.Known(SliceBursts) / (SliceBursts * 64.0));
            ns[1].Add(second.Known(SliceBursts) / (SliceBursts * 64.0));
        }
        Print($"known, {flows:N0} flows", ns, output);
        long bytes = GC.GetAllocatedBytesForCurrentThread();
        second.Known(SliceBursts);
        bytes = GC.GetAllocatedBytesForCurrentThread() - bytes;
        output.WriteLine(
            $"{"",-24}{"",10}{(double)bytes / (SliceBursts * 64),8:0.##} B allocated a frame");
    }

    private static void New(Assembly before, Assembly after, TextWriter output)
    {
        using var first = new LoadedEngine(before, OpenFlows, FrameBytes);
        using var second = new LoadedEngine(after, OpenFlows, FrameBytes);
        var ns = new List<double>[] { [], [] };
        for (int round = 0; round < OpenRounds; round++)
        {
            first.EndAll();
            second.EndAll();
            for (int slice = 0; slice < OpenFlows / (SliceBursts * 64); slice++)
            {
                ns[0].Add(first.New(SliceBursts) / (SliceBursts * 64.0));
                ns[1].Add(second.New(SliceBursts) / (SliceBursts * 64.0));
            }
        }
        Print("new", ns, output);
    }

    private static void Print(string name, List<double>[] ns, TextWriter output)
    {
        double before = Median(ns[0]);
        double after = Median(ns[1]);
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{name,-24}{before,7:0.0} ns{after,7:0.0} ns{after / before,11:0.000}"));
        output.Flush();
    }

    private static double Median(List<double> values)
    {
        values.Sort();
        return values[values.Count / 2];
    }

    private static Assembly Load(string folder)
    {
        string full = Path.GetFullPath(folder);
        return new Build(full).LoadFromAssemblyPath(Path.Combine(full, "packetswitch.dll"));
    }

    // A build's own libraries come before this program's of the same name.
    private sealed class Build(string folder) : AssemblyLoadContext
    {
        protected override Assembly? Load(AssemblyName name)
        {
            string path = Path.Combine(folder, name.Name + ".dll");
            return File.Exists(path) ? LoadFromAssemblyPath(path) : null;
        }
    }

    // An EngineHarness of a loaded build; called through delegates, once per burst.
    private sealed class LoadedEngine : IDisposable
    {
        private readonly IDisposable _harness;
        private readonly Action _fillKnown;
        private readonly Func<bool> _fillNew;
        private readonly Func<long> _run;

        public LoadedEngine(Assembly build, int flows, int frameBytes)
        {
            Type type = build.GetType("PacketSwitch.Bench.EngineHarness", throwOnError: true)!;
            _harness = (IDisposable)Activator.CreateInstance(type, flows, frameBytes)!;
            _fillKnown = Bind<Action>("FillKnown");
            _fillNew = Bind<Func<bool>>("TryFillNew");
            _run = Bind<Func<long>>("Run");
            OpenAll = Bind<Action>("OpenAll");
            EndAll = Bind<Action>("EndAll");
        }

        public Action OpenAll { get; }

        public Action EndAll { get; }

        public long Known(int bursts)
        {
            long ns = 0;
            for (int i = 0; i < bursts; i++)
            {
                _fillKnown();
                ns += _run();
            }
            return ns;
        }

        public long New(int bursts)
        {
            long ns = 0;
            for (int i = 0; i < bursts && _fillNew(); i++)
            {
                ns += _run();
            }
            return ns;
        }

        public void Dispose() => _harness.Dispose();

        private T Bind<T>(string method) where T : Delegate
            => (T)Delegate.CreateDelegate(typeof(T), _harness, method);
    }
}
