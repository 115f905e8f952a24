// `packetswitch run -c FILE`: the live switch. Opens the ports, runs the loops and the control plane until it is told to end. Each thing that can be
// wrong is one line and an exit code.

using System.CommandLine;
using System.Net;
using PacketSwitch.Control.Config;
using PacketSwitch.PacketIo;
using PacketSwitch.Running;
using PacketSwitch.Web;

namespace PacketSwitch.Commands;

/// <summary>Runs a switch on network interfaces.</summary>
internal static class RunCommand
{
    /// <summary>The command's row in the command tree.</summary>
    public static Command Row()
    {
        var config = new Option<string>("--config", "-c")
        {
            Description = "the configuration; PACKETSWITCH_CONFIG names another default",
            DefaultValueFactory = _ => Environment.GetEnvironmentVariable("PACKETSWITCH_CONFIG")
                ?? "/etc/packetswitch/packetswitch.cfg",
        };
        var io = new Option<string>("--io")
        {
            Description = "how frames are read and sent: auto, ring or pcap",
            DefaultValueFactory = _ => "auto",
        };
        var ports = new Option<string[]>("--port") { Description = "PORT=INTERFACE, over what the file says" };
        var dryRun = new Option<bool>("--dry-run") { Description = "open everything, forward nothing, end" };
        var sockets = new Option<string?>("--socket-dir") { Description = "folder of the control sockets (/run/packetswitch)" };
        var web = new Option<string?>("--web")
        {
            Description =
                "dashboard and metrics at ADDRESS:PORT (a port alone: on this machine only), "
                + "over what the file says; off",
        };
        var command = new Command("run", "run the switch") { config, io, ports, sockets, web,
            dryRun };
        command.SetAction(parsed => Run(
            parsed.GetValue(config)!, parsed.GetValue(io)!, parsed.GetValue(ports) ?? [], parsed.GetValue(sockets),
            parsed.GetValue(web), parsed.GetValue(dryRun), Console.Out, Console.Error));
        return command;
    }

    private static int Run(
        string file, string io, string[] ports, string? sockets, string? web, bool dryRun,
            TextWriter output, TextWriter errors)
    {
        if (!PortFactory.TryParseKind(io, out PortKind kind, out PortProblem? problem))
        {
            return Fail(problem!, errors);
        }
        if (!TryReadPorts(ports, out List<(int Id, string Interface)> said, errors))
        {
            return PortProblem.Usage;
        }
        SwitchConfig? config = ConfigOption.TryRead(
            file, ConfigUse.Run, parsed => WithPorts(parsed, said), errors, out int exitCode);
        if (config is null)
        {
            return exitCode;
        }
        foreach ((int id, string name) in said)
        {
            if (config.FindPort(id) is null)
            {
                errors.WriteLine($"--port {id}={name}: {ConfigOption.NoSuchPort(config, id)}");
                return PortProblem.Usage;
            }
        }
        if (!WebAddress.TryParse(web ?? config.System.Web, out IPEndPoint? page, out string unread))
        {
            errors.WriteLine($"{(web is null ? "sys/web" : "--web")}: {unread}");
            return PortProblem.Usage;
        }
        // From before the ports are opened: whoever is told to end meanwhile restores what opening has changed.
        using var stop = new StopSignals();
        using var claims = new InterfaceClaims();
        if (!dryRun && !claims.TryTake(config.Ports, out problem))
        {
            return Fail(problem!, errors);
        }
        return LiveSwitch.TryOpen(config, kind, errors, out LiveSwitch? live, out problem)
            ? RunUntilTold(live!, new Operating(config, file, sockets, page), stop, dryRun, output)
            : Fail(problem!, errors);
    }

    private static int RunUntilTold(
        LiveSwitch live, Operating operating, StopSignals stop, bool dryRun, TextWriter output)
    {
        using (live)
        {
            if (dryRun)
            {
                live.BeginOffload();
            }
            else
            {
                live.Start();
                live.BeginOffload();
                operating.Prepare(live);
                live.AwaitFirstChecks(stop);
                using (operating.Begin(live))
                {
                    GcPauses.Settle();
                    output.WriteLine("READY");
                    output.Flush();
                    ServiceManager.Notify("READY=1");
                    stop.Wait();
                }
                ServiceManager.Notify("STOPPING=1");
                live.Stop();
            }
            output.WriteLine(live.Figures());
        }
        return 0;
    }

    private static SwitchConfig WithPorts(SwitchConfig config, List<(int Id, string Interface)> said)
    {
        foreach ((int id, string name) in said)
        {
            config = config.WithPortInterface(id, name) ?? config;
        }
        return config;
    }

    private static bool TryReadPorts(string[] texts, out List<(int Id, string Interface)> ports, TextWriter errors)
    {
        ports = [];
        foreach (string text in texts)
        {
            string[] halves = text.Split('=', 2);
            if (halves.Length != 2 || !int.TryParse(halves[0], out int id) || halves[1].Length == 0)
            {
                errors.WriteLine($"--port {text}: expected PORT=INTERFACE, for example --port 8=eth0");
                return false;
            }
            ports.Add((id, halves[1]));
        }
        return true;
    }

    private static int Fail(PortProblem problem, TextWriter errors)
    {
        errors.WriteLine(problem.Message);
        return problem.ExitCode;
    }
}
