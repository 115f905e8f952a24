// Runs a case on an offline switch over memory ports, where a circumstance can be arranged, and keeps every frame's trace. Used by
// EveryDropReasonTests.

using PacketSwitch.Control.Config;
using PacketSwitch.DataPlane;
using PacketSwitch.Explain;
using PacketSwitch.PacketIo;
using PacketSwitch.Replay;
using PacketSwitch.Tests.Control.Config;

namespace PacketSwitch.Tests.Explain;

/// <summary>A switch, its ports and the traces of its frames.</summary>
internal sealed class DropRun : IDisposable
{
    public const long FrameGapNs = 1_000_000;
    public const long StartNs = 1_700_000_000_000_000_000;

    private readonly DropCase _case;

    public DropRun(DropCase of)
    {
        _case = of;
        Config = Texts.Read(of.Config);
        Ports = [.. Config.Ports.Select(port => new MemoryPort(port.Id))];
        var recorder = new StepRecorder { Completed = Traces.Add };
        Offline = new OfflineSwitch(
            Config, ObservedPort.Around(Ports, recorder), new VerdictTracer(_ => { }, recorder), StartNs);
    }

    public SwitchConfig Config { get; }
    public MemoryPort[] Ports { get; }
    public OfflineSwitch Offline { get; }
    public List<FrameTrace> Traces { get; } = [];

    public MemoryPort Port(int id) => Ports.First(port => port.Id == id);

    /// <summary>Lets all frames in and the switch come to rest.</summary>
    public void Run()
    {
        for (int i = 0; i < _case.Frames.Length; i++)
        {
            if (_case.Circumstance is { } circumstance && circumstance.BeforeFrame == i)
            {
                circumstance.Do(this);
            }
            CaseFrame frame = _case.Frames[i];
            Offline.AdvanceTo(StartNs + (i * FrameGapNs));
            Port(frame.Port).Enqueue(frame.Bytes, wireLength: frame.WireLength);
            Offline.Settle();
        }
        Offline.Finish();
    }

    public void Dispose() => Offline.Dispose();
}
