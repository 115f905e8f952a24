// The C# of the README, as it stands there, between the two marks. ReadmeTests holds the two equal and runs it.

using Microsoft.Extensions.Logging.Abstractions;
using PacketSwitch.Control;
using PacketSwitch.Control.Config;
using PacketSwitch.DataPlane;
using PacketSwitch.PacketIo;
using PacketSwitch.Wire;

namespace PacketSwitch.Cli.Tests;

internal static class ReadmeExample
{
    public static void Run(string file, byte[] frame, TextWriter output)
    {
        // README begins
        SwitchConfig config = ConfigChecker.Check(File.ReadAllText(file), file, ConfigUse.Replay).Config;
        using var tables = new SharedTables(config.System.Sessions, seed: 1);
        MemoryPort[] ports = [.. config.Ports.Select(port => new MemoryPort(port.Id))];
        int[] ids = [.. ports.Select(port => port.Id)], all = [.. Enumerable.Range(0, ports.Length)];
        var control = new ControlPlane(config, ids, SwitchMacs.OfReplay, tables, NullLogger.Instance, isLive: false);
        var loop = new PortLoop<NoTracer>(ports, all, tables, control.Cell, default);
        control.Start([LoopLink.To(loop, all, () => { })], nowNs: 0);

        ports[^1].Enqueue(frame);
        while (loop.RunOnce(nowNs: 0) + control.RunOnce(nowNs: 0) > 0) { }
        while (ports[0].TryTakeSent(out byte[] sent)) output.WriteLine(FrameText.Describe(sent));
        output.WriteLine($"{loop.Counters.Received} received, {tables.SessionCount} session");
        // README ends
    }
}
