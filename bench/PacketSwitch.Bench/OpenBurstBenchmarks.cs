// What a session costs the whole engine: SYNs of new clients through PortLoop, each given to a real
// server and entered into the table. An invocation opens all sessions once; figures are per session.

using BenchmarkDotNet.Attributes;

namespace PacketSwitch.Bench;

/// <summary>Bursts of 64 SYNs of new sessions.</summary>
[MemoryDiagnoser]
public class OpenBurstBenchmarks
{
    private const int Flows = 1 << 16;
    private const int FrameBytes = 60;

    private EngineHarness _engine = null!;

    [GlobalSetup]
    public void Setup() => _engine = new EngineHarness(Flows, FrameBytes);

    [GlobalCleanup]
    public void Cleanup() => _engine.Dispose();

    [IterationSetup]
    public void EndSessions() => _engine.EndAll();

    [Benchmark(OperationsPerInvoke = Flows)]
    public long New()
    {
        long engineNs = 0;
        while (_engine.TryFillNew())
        {
            engineNs += _engine.Run();
        }
        return engineNs;
    }
}
