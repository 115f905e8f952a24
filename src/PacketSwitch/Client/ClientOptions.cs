// What every command that talks to a running switch has in common: its options, how it ends, and --watch.

using System.CommandLine;
using System.Globalization;

namespace PacketSwitch.Client;

/// <summary>Options of client commands.</summary>
internal static class ClientOptions
{
    public static Option<string?> Socket() => new("--socket")
    {
        Description = "the switch's control socket or its folder; PACKETSWITCH_SOCKET names another default",
    };

    public static Option<bool> Json() => new("--json") { Description = "machine-readable output" };

    public static Option<string?> Watch() => new("--watch")
    {
        Description = "again every SEC seconds (1), until Ctrl-C",
        Arity = ArgumentArity.ZeroOrOne,
    };

    /// <summary>Runs a command's work; problems become one line on stderr and their exit code.</summary>
    public static int Run(string? socket, Func<ControlClient, int> work)
    {
        try
        {
            using var client = new ControlClient(socket);
            return work(client);
        }
        catch (ClientProblem e)
        {
            Console.Error.WriteLine($"packetswitch: {e.Message}");
            return e.ExitCode;
        }
        catch (IOException)
        {
            // Who read the output has gone: head has its lines.
            return 0;
        }
    }

    /// <summary>Runs the work once, or with --watch again and again.</summary>
    public static int RunWatched(ParseResult parsed, Option<string?> socket, Option<string?> watch, Func<ControlClient, int> work)
    {
        if (parsed.GetResult(watch) is null)
            return Run(parsed.GetValue(socket), work);
        string seconds = parsed.GetValue(watch) ?? "1";
        if (!double.TryParse(seconds, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double every)
            || every is < 0.1 or > 86_400)
        {
            Console.Error.WriteLine($"packetswitch: --watch needs seconds from 0.1 to 86400, not '{seconds}'");
            return 2;
        }
        bool clears = !Console.IsOutputRedirected && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));
        return Run(parsed.GetValue(socket), client =>
        {
            while (true)
            {
                if (clears)
                    Console.Write("\e[H\e[2J");
                int exitCode = work(client);
                if (exitCode != 0)
                    return exitCode;
                Console.Out.Flush();
                Thread.Sleep(TimeSpan.FromSeconds(every));
            }
        });
    }

    /// <summary>A query string of the parts that are said.</summary>
    public static string Query(string path, params (string Name, string? Value)[] parts)
    {
        string[] said = [.. parts.Where(part => part.Value is not null)
            .Select(part => $"{part.Name}={Uri.EscapeDataString(part.Value!)}")];
        return said.Length == 0 ? path : $"{path}?{string.Join('&', said)}";
    }
}
