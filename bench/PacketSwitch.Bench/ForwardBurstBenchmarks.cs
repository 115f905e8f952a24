// What a frame costs the whole engine, from the receiving port's call to the sending port's: of known sessions in random order, and of new ones.
// One invocation is one burst; figures are per frame.

using BenchmarkDotNet.Attributes;

namespace PacketSwitch.Bench;

/// <summary>Bursts of 64 frames of known sessions through PortLoop.</summary>
/// <remarks>An invocation also writes the 64 frames; <see cref="PrepareOnly"/> is what that costs, to be taken off.</remarks>
[MemoryDiagnoser]
public class ForwardBurstBenchmarks
{
    private const int FrameBytes = 60;

    private EngineHarness _engine = null!;

    [Params(1 << 10, 1 << 16, 1 << 20)]
    public int Flows { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _engine = new EngineHarness(Flows, FrameBytes);
        _engine.OpenAll();
    }

    [GlobalCleanup]
    public void Cleanup() => _engine.Dispose();

    [Benchmark(Baseline = true, OperationsPerInvoke = EngineHarness.BurstFrames)]
    public int PrepareOnly()
    {
        _engine.FillKnown();
        return _engine.Discard();
    }

    [Benchmark(OperationsPerInvoke = EngineHarness.BurstFrames)]
    public long Known()
    {
        _engine.FillKnown();
        return _engine.Run();
    }
}
