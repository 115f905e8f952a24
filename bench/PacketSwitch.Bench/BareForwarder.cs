// A forwarder that decides nothing: what it receives on one interface it sends out of the other, through the very ports
// the switch uses. bench/peers/run.sh sets the switch beside it; the difference is what the engine costs.
// `-- --bare ring|pcap DEV DEV`, until SIGTERM.

using System.Runtime.InteropServices;
using PacketSwitch.DataPlane;
using PacketSwitch.PacketIo;

namespace PacketSwitch.Bench;

/// <summary>Carries frames between two ports on one loop.</summary>
internal static class BareForwarder
{
    /// <summary>Runs until told to end; 0 when it could run.</summary>
    public static int Run(string io, string first, string second, TextWriter output, TextWriter errors)
    {
        using var factory = new PortFactory(change => errors.WriteLine(change.Message));
        if (!PortFactory.TryParseKind(io, out PortKind kind, out PortProblem? problem)
            || !factory.TryOpen(kind, 1, first, out IPacketPort? a, out problem)
            || !factory.TryOpen(kind, 2, second, out IPacketPort? b, out problem))
        {
            errors.WriteLine(problem);
            return 1;
        }
        using (a)
        using (b)
        {
            using var stopped = new ManualResetEventSlim();
            using var term = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal =>
            {
                signal.Cancel = true;
                stopped.Set();
            });
            var burst = new FrameBurst();
            using var loop = new PortLoopThread(
                "bare", () => Carry(a!, b!, burst) + Carry(b!, a!, burst), [a!, b!],
                error => errors.WriteLine(error.Message));
            loop.Start();
            output.WriteLine("READY");
            output.Flush();
            stopped.Wait();
            loop.Stop(TimeSpan.FromSeconds(1));
            output.WriteLine($"{first}: {a!.ReadStatistics()}\n{second}: {b!.ReadStatistics()}");
        }
        return 0;
    }

    private static int Carry(IPacketPort from, IPacketPort to, FrameBurst burst)
    {
        int count = from.Receive(burst);
        if (count > 0) to.Send(burst.Frames.AsSpan(0, count));
        from.Release(burst);
        return count;
    }
}
