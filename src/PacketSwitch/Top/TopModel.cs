// What `top` knows: the reports of this second, the last events, and the rates of the last seconds
// for its small charts. Filled by TopCommand, read by TopScreen.

using PacketSwitch.Client;
using PacketSwitch.Reports;

namespace PacketSwitch.Top;

/// <summary>The state of the screen.</summary>
internal sealed class TopModel : IDisposable
{
    private const int Remembered = 120;

    private readonly List<double> _framesPerSecond = [];
    private readonly List<double> _newSessions = [];
    private (DateTime At, long Bytes)? _bytesBefore;

    public required StatusReport Status { get; set; }

    public required StatsReport Stats { get; set; }

    public required IReadOnlyList<EventRow> Events { get; set; }

    /// <summary>Only while its page is shown.</summary>
    public SessionsReport? Sessions { get; set; }

    public TopPage Page { get; private set; }

    /// <summary>The chosen line among <see cref="Targets"/>; -1 before a key has chosen
    /// one.</summary>
    public int Selected { get; private set; } = -1;

    /// <summary>What can be chosen on this page.</summary>
    public IReadOnlyList<TopTarget> Targets => TopTarget.On(Page, Status);

    /// <summary>Only while its page is shown; null with a problem when there is no
    /// answer.</summary>
    public ExplainReport? Answer { get; private set; }

    public string Problem { get; private set; } = "";

    /// <summary>Only while its page is shown; stands still while paused.</summary>
    public TopVerdicts? Verdicts { get; private set; }

    private TopTarget? _asked;
    private TopPage _before = TopPage.Reals;
    private TopFrames? _watched;

    public bool IsPaused { get; set; }

    public double BitsPerSecond { get; private set; }

    /// <summary>The highest number of sessions since this screen was opened.</summary>
    public int Highest { get; private set; }

    public long FramesPerSecond => Stats.Ports.Sum(port => port.InPps);

    public double NewPerSecond => Stats.Reals.Sum(real => real.Cps);

    public long DropsPerSecond => Stats.Maint.Drops.Sum(drop => drop.Pps);

    public IReadOnlyList<double> Frames => _framesPerSecond;

    public IReadOnlyList<double> NewSessions => _newSessions;

    /// <summary>Asks the switch.</summary>
    public static TopModel Read(ControlClient client)
    {
        var model = new TopModel { Status = null!, Stats = null!, Events = [] };
        model.Refresh(client);
        return model;
    }

    /// <summary>Asks again.</summary>
    public void Refresh(ControlClient client)
    {
        Status = client.Get("v1/status", ReportJson.Readable.StatusReport);
        Stats = client.Get("v1/stats", ReportJson.Readable.StatsReport);
        Events = client.Get("v1/events", ReportJson.Readable.EventsReport).Events;
        Sessions = Page == TopPage.Sessions
            ? client.Get("v1/sessions?limit=200", ReportJson.Readable.SessionsReport) : null;
        if (Page == TopPage.Explain)
            Ask(client);
        Highest = Math.Max(Highest, Status.Sessions.Current);
        Remember(_framesPerSecond, FramesPerSecond);
        Remember(_newSessions, NewPerSecond);
        (DateTime At, long Bytes) now = (DateTime.UtcNow, Stats.Ports.Sum(port => port.BytesIn));
        if (_bytesBefore is { } before && now.At > before.At)
            BitsPerSecond = Math.Max(0,
                now.Bytes - before.Bytes) * 8 / (now.At - before.At).TotalSeconds;
        _bytesBefore = now;
    }

    /// <summary>Turns to a page; observing ends with its page.</summary>
    public void Turn(TopPage page)
    {
        if (page != TopPage.Observe)
        {
            _watched?.Dispose();
            _watched = null;
            Verdicts = null;
        }
        Page = page;
    }

    /// <summary>Turns to the page that observes, or back to the one before it.</summary>
    public void Observe(ControlClient client)
    {
        if (Page == TopPage.Observe)
        {
            Turn(_before);
            return;
        }
        _before = Page;
        _watched = TopFrames.Start(client);
        Turn(TopPage.Observe);
    }

    /// <summary>Takes up the frames that have come; true when there is something new to
    /// show.</summary>
    public bool TakeFrames()
    {
        if (_watched is null || (IsPaused && Verdicts is not null))
            return false;
        (TopVerdicts verdicts, bool isNew) = _watched.Take();
        Verdicts = verdicts;
        return isNew;
    }

    public void Dispose() => _watched?.Dispose();

    /// <summary>Chooses another line.</summary>
    public void Select(int step)
        => Selected = Math.Clamp(
            Selected + step, 0, Math.Max(0, Targets.Count - 1));

    /// <summary>Turns to the page that explains a flow to what is chosen.</summary>
    public void Explain(ControlClient client)
    {
        IReadOnlyList<TopTarget> targets = Targets;
        if (Page != TopPage.Explain)
        {
            _asked = targets.Count == 0 ? null
                : targets[Math.Clamp(Selected, 0, targets.Count - 1)];
        }
        Turn(TopPage.Explain);
        Ask(client);
    }

    private void Ask(ControlClient client)
    {
        Answer = null;
        Problem = "";
        try
        {
            if (_asked is null)
                Problem = "choose a virtual or real server first: [r]eals, then the arrows";
            else
                Answer = Commands.LiveExplain.Ask(client, _asked.Question(client));
        }
        catch (ClientProblem e) when (e.ExitCode is 1 or 2)
        {
            Problem = e.Message;
        }
    }

    private static void Remember(List<double> values, double value)
    {
        values.Add(value);
        if (values.Count > Remembered)
            values.RemoveAt(0);
    }
}
