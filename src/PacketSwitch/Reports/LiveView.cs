// All that a report may look at: the running switch's control plane, tables, loops and ports. Facts of the control plane are asked for on its
// own thread; counters and tables are read where they are. Made by LiveSwitch, used by the readers of Reports/.

using PacketSwitch.Control;
using PacketSwitch.Control.Config;
using PacketSwitch.Control.Health;
using PacketSwitch.Control.Live;
using PacketSwitch.Control.Servers;
using PacketSwitch.DataPlane;

namespace PacketSwitch.Reports;

/// <summary>A running switch, for reading.</summary>
internal sealed record LiveView(
    ControlPlane Control, LiveConfig Config, SharedTables Tables, IReadOnlyList<LoopCounters> Loops,
    IReadOnlyList<IPacketPort> Ports, Func<long> Now)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Where its loops can be watched.</summary>
    public IReadOnlyList<WatchCell> Watches { get; init; } = [];

    /// <summary>The switch's clock at its start.</summary>
    public long StartedNs { get; } = Now();

    /// <summary>The wall clock at the same moment.</summary>
    public DateTimeOffset StartedAt { get; } = DateTimeOffset.UtcNow;

    /// <summary>The configuration that runs and what is known beside it, of one moment.</summary>
    public Facts Read() => Ask(nowNs => new Facts(
        Config.Running, Control.Facts, Control.ReadHealth().ToDictionary(report => report.Real), Control.Cell.Current, nowNs));

    /// <summary>Has the control plane's thread do something, and waits for it.</summary>
    /// <exception cref="TimeoutException">The thread did not answer.</exception>
    public T Ask<T>(Func<long, T> work)
    {
        Task<T> answer = Control.Mailbox.Ask(work);
        if (!answer.Wait(Patience))
            throw new TimeoutException("the control plane does not answer");
        return answer.Result;
    }

    /// <summary>The facts of one moment.</summary>
    internal sealed record Facts(
        SwitchConfig Config, ServerFacts Servers, IReadOnlyDictionary<int, RealHealthReport> Health, SwitchSnapshot Snapshot,
        long NowNs);
}
