// `packetswitch capture -w FILE`: frames of the running switch as an annotated capture, the same as
// `replay -o` writes, until Ctrl-C. The switch writes the blocks; this copies them.

using System.CommandLine;
using System.Globalization;
using PacketSwitch.Client;

namespace PacketSwitch.Commands;

/// <summary>A live annotated capture.</summary>
internal static class CaptureCommand
{
    private const int DefaultSnapBytes = 2048;
    private const string Standard = "-";

    public static Command Row()
    {
        Option<string?> socket = ClientOptions.Socket();
        var words = new WatchOptions();
        var write = new Option<string?>("--write", "-w")
        {
            Description = "the pcapng file; - is standard output, for a pipe into Wireshark",
        };
        var seconds = new Option<int?>("--seconds") { Description = "end after so many seconds" };
        var snap = new Option<int>("--snaplen")
        {
            Description = "bytes kept of a frame (60 to 65600)",
            DefaultValueFactory = _ => DefaultSnapBytes,
        };
        var command = new Command("capture", "frames and what became of them, as annotated pcapng")
        {
            write, seconds, snap, socket,
        };
        words.AddTo(command);
        command.SetAction(parsed =>
        {
            string? path = parsed.GetValue(write);
            if (path is null or "" || (path == Standard && !Console.IsOutputRedirected))
                return Refuse(path);
            string query = words.Query(
                "v1/capture", parsed, ("seconds", WatchOptions.Number(parsed.GetValue(seconds))),
                ("snaplen", WatchOptions.Number(parsed.GetValue(snap))));
            bool endsByItself = words.HasCount(parsed) || parsed.GetValue(seconds) is not null;
            return ClientOptions.Run(
                parsed.GetValue(socket), client => Run(client, query, path, endsByItself));
        });
        return command;
    }

    private static int Refuse(string? path)
    {
        Console.Error.WriteLine(path == Standard
            ? "packetswitch: a capture is not for a terminal; -w FILE.pcapng, or -w - | tshark -r -"
            : "packetswitch: say where the capture goes: -w FILE.pcapng, or -w - for a pipe");
        return UsageProblem.ExitCode;
    }

    // The switch is asked first: a refusal leaves no empty file.
    private static int Run(ControlClient client, string query, string path, bool endsByItself)
    {
        using Stream stream = client.Stream(query);
        using Stream target = Open(path);
        var copy = new PcapngCopy(stream, target);
        bool interrupted;
        using (var interruption = new Interruption(stream))
        {
            while (interruption.TryRead(copy.TryRead))
                Write(copy, path);
            interrupted = interruption.HasCome;
        }
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{(path == Standard ? "capture" : path)}: {copy.Inbound} frames in, {copy.Outbound} "
            + $"out, {copy.Copies} of them copies joined by packet id, {copy.Comments} comments; "
            + $"{copy.Missing} not observed"));
        if (interrupted)
            return Interruption.ExitCode;
        return endsByItself ? 0 : throw new ClientProblem(1, "the switch has ended");
    }

    // A pipe that nobody reads any more ends the command; a disk that is full is a problem.
    private static void Write(PcapngCopy copy, string path)
    {
        try
        {
            copy.Write();
        }
        catch (IOException e) when (path != Standard)
        {
            throw new ClientProblem(2, $"capture {path}: writing failed: {e.Message}");
        }
    }

    private static Stream Open(string path)
    {
        if (path == Standard)
            return Console.OpenStandardOutput();
        try
        {
            return new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read, 0);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException
            or ArgumentException or NotSupportedException)
        {
            throw new ClientProblem(2, $"capture {path}: cannot be written: {e.Message}");
        }
    }
}
