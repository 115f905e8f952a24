// The frames that the page `observe` of `top` shows: reads the running switch's stream of verdicts
// while the page is open, and keeps the last of them. The switch sends no more than a low rate of
// each loop, in a ring of its own, so a screen costs the data path no more than any watch at this
// rate; what it left out it counts. Made by TopModel; the stream is read on a task.

using PacketSwitch.Client;
using PacketSwitch.Reports;

namespace PacketSwitch.Top;

/// <summary>The last verdicts, newest first, until it is disposed.</summary>
internal sealed class TopFrames : IDisposable
{
    /// <summary>Frames a second of each loop: more than a person reads.</summary>
    public const int PerSecond = 50;

    /// <summary>Frames kept: more than the lines of a screen.</summary>
    public const int Capacity = 200;

    private readonly Lock _gate = new();
    private readonly LinkedList<ObserveRow> _rows = []; // Under _gate, as all below.
    private readonly CancellationTokenSource _end = new();
    private WatchFigures _figures = new(0, 0, PerSecond);
    private string _problem = "";
    private bool _isNew = true;

    private TopFrames()
    {
    }

    /// <summary>Begins to watch.</summary>
    public static TopFrames Start(ControlClient client)
    {
        var frames = new TopFrames();
        _ = Task.Run(() => frames.ReadAsync(client));
        return frames;
    }

    /// <summary>What there is to show; <c>IsNew</c> when it has changed since the last
    /// call.</summary>
    public (TopVerdicts Verdicts, bool IsNew) Take()
    {
        lock (_gate)
        {
            bool isNew = _isNew;
            _isNew = false;
            return (new TopVerdicts([.. _rows], _figures, _problem), isNew);
        }
    }

    public void Dispose() => _end.Cancel();

    private async Task ReadAsync(ControlClient client)
    {
        try
        {
            string path = ClientOptions.Query("v1/observe", ("rate", $"{PerSecond}"));
            using var reader = new StreamReader(client.Stream(path));
            string name = "";
            while (await reader.ReadLineAsync(_end.Token) is { } line)
            {
                if (line.StartsWith("event: ", StringComparison.Ordinal))
                    name = line[7..];
                else if (line.StartsWith("data: ", StringComparison.Ordinal))
                    Note(name, line[6..]);
            }
            Note("the switch has ended the stream");
        }
        catch (Exception e) when (e is ClientProblem or IOException or ObjectDisposedException)
        {
            Note(e.Message);
        }
        catch (OperationCanceledException)
        {
            // The page was left.
        }
    }

    private void Note(string name, string data)
    {
        if (name == "figures")
        {
            WatchFigures figures = ControlClient.Parse(data, ReportJson.Readable.WatchFigures);
            lock (_gate)
            {
                _figures = figures;
                _isNew = true;
            }
            return;
        }
        ObserveRow row = ControlClient.Parse(data, ReportJson.Readable.ObserveRow);
        lock (_gate)
        {
            _rows.AddFirst(row);
            if (_rows.Count > Capacity)
                _rows.RemoveLast();
            _isNew = true;
        }
    }

    private void Note(string problem)
    {
        lock (_gate)
        {
            _problem = problem;
            _isNew = true;
        }
    }
}

/// <summary>What the page shows.</summary>
/// <param name="Rows">The last frames, newest first.</param>
/// <param name="Figures">Seen and not seen since the page was opened.</param>
/// <param name="Problem">Why there are no more; empty while all is well.</param>
internal sealed record TopVerdicts(
    IReadOnlyList<ObserveRow> Rows, WatchFigures Figures, string Problem);
