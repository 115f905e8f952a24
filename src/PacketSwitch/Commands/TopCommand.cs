// `packetswitch top`: the running switch, once a second, on a terminal; a snapshot where the output
// is a pipe. Asks the control socket, and so costs the data path nothing.

using System.CommandLine;
using System.Diagnostics;
using PacketSwitch.Client;
using PacketSwitch.Top;
using Spectre.Console;

namespace PacketSwitch.Commands;

/// <summary>The live screen.</summary>
internal static class TopCommand
{
    private const int SnapshotWidth = 100;
    private const int SnapshotHeight = 30;
    private const int RefreshMs = 1000;
    private const int KeyMs = 50;
    private const int FramesMs = 250;

    /// <summary>The command's row in the command tree.</summary>
    public static Command Row()
    {
        Option<string?> socket = ClientOptions.Socket();
        var command = new Command("top", "a live screen of the running switch") { socket };
        command.SetAction(parsed => ClientOptions.Run(
            parsed.GetValue(socket), Console.IsOutputRedirected || Console.IsInputRedirected
                ? Snapshot : Live));
        return command;
    }

    private static int Snapshot(ControlClient client)
    {
        using TopModel model = TopModel.Read(client);
        // Rates need a second; the last line, of keys, is for a screen.
        List<TopLine> lines = TopScreen.Draw(model, SnapshotWidth, SnapshotHeight);
        foreach (TopLine line in lines.SkipLast(1).Reverse().SkipWhile(line => line.Length ==
            0).Reverse())
            Console.Out.WriteLine(line);
        return 0;
    }

    private static int Live(ControlClient client)
    {
        using TopModel model = TopModel.Read(client);
        AnsiConsole.AlternateScreen(() =>
            AnsiConsole.Live(Spectre.Console.Text.Empty).Overflow(VerticalOverflow.Crop).Start(
            screen => Show(client, model, screen)));
        return 0;
    }

    private static void Show(ControlClient client, TopModel model, LiveDisplayContext screen)
    {
        long asked = Stopwatch.GetTimestamp();
        long taken = 0;
        (int Width, int Height) size = default;
        bool isStale = true;
        while (true)
        {
            bool quits = false;
            while (Console.KeyAvailable)
                isStale |= Press(Console.ReadKey(intercept: true), client, model, ref quits);
            if (quits)
                return;
            bool isDue = !model.IsPaused && Stopwatch.GetElapsedTime(asked).TotalMilliseconds >=
                RefreshMs;
            if (isDue || (isStale && model.Page == TopPage.Sessions && model.Sessions is null))
            {
                model.Refresh(client);
                asked = Stopwatch.GetTimestamp();
            }
            if (Stopwatch.GetElapsedTime(taken).TotalMilliseconds >= FramesMs)
            {
                isStale |= model.TakeFrames();
                taken = Stopwatch.GetTimestamp();
            }
            (int Width, int Height) now = (Math.Max(20, Console.WindowWidth), Math.Max(6,
                Console.WindowHeight));
            if (isDue || isStale || now != size)
            {
                screen.UpdateTarget(new TopRenderable(TopScreen.Draw(model, now.Width, now.Height),
                    now.Width, now.Height));
                size = now;
                isStale = false;
            }
            Thread.Sleep(KeyMs);
        }
    }

    private static bool Press(
        ConsoleKeyInfo key, ControlClient client, TopModel model, ref bool quits)
    {
        if (key.Key is ConsoleKey.UpArrow or ConsoleKey.DownArrow)
        {
            model.Select(key.Key == ConsoleKey.UpArrow ? -1 : 1);
            return true;
        }
        switch (char.ToLowerInvariant(key.KeyChar))
        {
            case '\e' when model.Page == TopPage.Observe:
            case 'o':
                model.Observe(client);
                break;
            case 'q' or '\e':
                quits = true;
                break;
            case ' ':
                model.IsPaused = !model.IsPaused;
                break;
            case 'v':
                model.Turn(TopPage.Virts);
                break;
            case 'r':
                model.Turn(TopPage.Reals);
                break;
            case 's':
                model.Turn(TopPage.Sessions);
                break;
            case 'd':
                model.Turn(TopPage.Drops);
                break;
            case 'e':
                model.Explain(client);
                break;
            default:
                return false;
        }
        return true;
    }
}
