// The three configurations of a running switch and every way from one to the other: against a model that holds a number where the switch
// holds a configuration, and each rule on its own.

using Microsoft.Extensions.Logging.Abstractions;
using PacketSwitch.Control.Config;
using PacketSwitch.Control.Events;
using PacketSwitch.Control.Live;
using PacketSwitch.Tests.Control.Config;
using Xunit;
using Xunit.Abstractions;

namespace PacketSwitch.Tests.Control.Live;

public sealed class LiveConfigTests : IDisposable
{
    private const string Start = """
        port 1 / intf a / server ena
        port 8 / intf b / client ena
        real 1 / rip 192.0.2.5 / weight 1 / ena
        group 1 / health none / add 1
        virt 1 / vip 192.0.2.2 / ena
        virt 1/service 80 / group 1
        slb on

        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("packetswitch-live-").FullName;
    private readonly ManualTime _time = new();
    private readonly List<SwitchConfig> _published = [];
    private readonly EventJournal _events;
    private readonly ITestOutputHelper _output;
    private readonly LiveConfig _live;

    public LiveConfigTests(ITestOutputHelper output)
    {
        _output = output;
        _events = new EventJournal(_time);
        File.WriteAllText(FilePath, Start);
        var store = new ConfigStore(FilePath, Path.Combine(_folder, "backup"));
        store.Remember(Start);
        _live = new LiveConfig(Texts.Read(Start), store, _published.Add, _events, NullLogger.Instance, _time);
    }

    private string FilePath => Path.Combine(_folder, "switch.cfg");

    [Fact]
    public void A_copy_that_fails_on_the_way_is_no_version()
    {
        string backup = Path.Combine(_folder, "backup");
        // It can be opened, and not read.
        var store = new ConfigStore("/proc/self/mem", backup);

        Assert.ThrowsAny<IOException>(() => store.Write("slb on\n"));

        Assert.Empty(Directory.EnumerateFileSystemEntries(backup));
    }

    [Fact]
    public void Candidate_running_and_saved_go_every_way_as_a_model_of_numbers_does()
    {
        int seed = Environment.TickCount;
        _output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        int candidate = 1, running = 1, saved = 1;
        int? trial = null;
        long trialEnds = 0;
        bool fileChanged = false;
        for (int step = 0; step < 3_000; step++)
        {
            string did;
            switch (random.Next(10))
            {
                case 0 or 1:
                    candidate = random.Next(1, 6);
                    did = $"edit {candidate}";
                    Assert.True(_live.Edit($"/c/slb/real 1/weight {candidate}", "test").Done);
                    break;
                case 2:
                    did = "apply";
                    Assert.Equal(trial is null, _live.Apply().Done);
                    running = trial is null ? candidate : running;
                    break;
                case 3:
                    did = "apply with confirm";
                    Assert.Equal(trial is null, _live.Apply(TimeSpan.FromSeconds(10)).Done);
                    if (trial is null)
                    {
                        (trial, running, trialEnds) = (running, candidate, _time.Seconds + 10);
                    }
                    break;
                case 4:
                    did = "confirm";
                    Assert.Equal(trial is not null, _live.Confirm().Done);
                    trial = null;
                    break;
                case 5:
                    did = "save";
                    Assert.Equal(trial is null && !fileChanged, _live.Save().Done);
                    saved = trial is null && !fileChanged ? running : saved;
                    break;
                case 6:
                    did = "revert";
                    _live.Revert();
                    candidate = running;
                    break;
                case 7:
                    did = "revert apply";
                    _live.RevertApplied();
                    candidate = running = trial ?? saved;
                    trial = null;
                    break;
                case 8:
                    did = "time";
                    _time.Seconds += random.Next(1, 8);
                    bool wentBack = _live.RevertIfUnconfirmed();
                    Assert.Equal(trial is not null && _time.Seconds >= trialEnds, wentBack);
                    (running, trial) = wentBack ? (trial!.Value, null) : (running, trial);
                    break;
                default:
                    did = "another hand writes the file, and it is read again";
                    int written = random.Next(1, 6);
                    File.WriteAllText(FilePath, Start + $"real 1 / weight {written}\n# by hand {step}\n");
                    Assert.False(_live.Save().Done);
                    Assert.Equal(trial is null, _live.Reload().Done);
                    fileChanged = trial is not null;
                    if (trial is null)
                        candidate = running = saved = written;
                    break;
            }
            string where = $"seed {seed}, step {step}: {did}";
            Assert.True(candidate == Weight(_live.Candidate), where);
            Assert.True(running == Weight(_live.Running), where);
            Assert.True(saved == Weight(_live.Saved), where);
            Assert.True((candidate != running ? 1 : 0) == _live.Standing.Pending, where);
            Assert.True((running != saved ? 1 : 0) == _live.Standing.Unsaved, where);
            Assert.True(_published.Count == 0 || Weight(_published[^1]) == running, where);
            if (fileChanged)
            {
                // Whoever looks at it decides: over it.
                _live.RevertApplied();
                candidate = running = trial ?? saved;
                trial = null;
                Assert.True(_live.Save(force: true).Done, where);
                saved = running;
                fileChanged = false;
            }
        }
    }

    [Fact]
    public void An_invalid_candidate_is_refused_whole_and_what_ran_goes_on()
    {
        _live.Edit("/c/slb/real 1/weight 5\n/c/slb/group 1/add 7", "test");

        ConfigOutcome outcome = _live.Apply();

        Assert.False(outcome.Done);
        Assert.True(outcome.IsInvalid);
        Assert.Contains("group 1 adds real 7, which is not defined", Assert.Single(outcome.Problems, p => p.IsError).Message);
        Assert.Empty(_published);
        Assert.Equal(1, Weight(_live.Running));
    }

    [Fact]
    public void A_text_with_one_error_changes_nothing_of_the_candidate()
    {
        ConfigOutcome outcome = _live.Edit("/c/slb/real 1/weight 5\n/c/slb/real 1/wieght 3", "test");

        Assert.False(outcome.Done);
        Assert.Equal("weight", Assert.Single(outcome.Problems).Nearest);
        Assert.Equal(0, _live.Standing.Pending);
    }

    [Fact]
    public void Saving_writes_a_text_that_reads_as_what_runs_and_keeps_the_version_before()
    {
        _live.Edit("/c/slb/real 1/weight 5", "test");
        _live.Apply();

        ConfigOutcome outcome = _live.Save();

        Assert.StartsWith($"Saved to {FilePath} (previous version: ", outcome.Message, StringComparison.Ordinal);
        Assert.Equal(_live.Running, Texts.Read(File.ReadAllText(FilePath)));
        Assert.Equal(Start, File.ReadAllText(Path.Combine(_folder, "backup", "1.cfg")));
    }

    [Fact]
    public void The_last_twenty_versions_are_kept()
    {
        for (int i = 0; i < 25; i++)
            Assert.True(_live.Save().Done);

        string[] kept = [.. Directory.GetFiles(Path.Combine(_folder, "backup")).Select(path => Path.GetFileName(path)!)];
        Assert.Equal(Enumerable.Range(6, 20).Select(n => $"{n}.cfg").Order(), kept.Order());
    }

    [Fact]
    public void A_file_that_cannot_be_written_stays_whole_and_the_reason_is_said()
    {
        Directory.Delete(_folder, recursive: true);

        ConfigOutcome outcome = _live.Save(force: true);

        Assert.False(outcome.Done);
        Assert.StartsWith("not saved: ", outcome.Message, StringComparison.Ordinal);
        Directory.CreateDirectory(_folder);
    }

    [Fact]
    public void What_holds_from_the_next_start_only_is_said()
    {
        _live.Edit("/c/slb/port 8/intf c\n/c/slb/port 3/intf d\n/c/sys/sessions 5000\n/c/slb/real 1/weight 2", "test");

        ConfigOutcome outcome = _live.Apply();

        Assert.True(outcome.Done);
        Assert.Equal(
            [
                "port 3 is new; it is opened at the next start",
                "port 8 stays on b; it is c at the next start",
                "sys/sessions stays 1048576; it is 5000 at the next start",
            ],
            outcome.AtNextStart);
    }

    [Fact]
    public void An_apply_that_nobody_confirms_goes_back_and_its_changes_are_pending_again()
    {
        _live.Edit("/c/slb/real 1/weight 5", "test");
        _live.Apply(TimeSpan.FromSeconds(10));

        _time.Seconds += 11;
        Assert.True(_live.RevertIfUnconfirmed());

        Assert.Equal(1, Weight(_published[^1]));
        Assert.Equal(5, Weight(_live.Candidate));
        Assert.Equal("config-reverted", _events.After(0, out _)[^1].Kind);
    }

    [Fact]
    public void A_failing_control_plane_leaves_what_runs_as_it_is_known()
    {
        var live = new LiveConfig(
            Texts.Read(Start), new ConfigStore(FilePath, _folder), _ => throw new TimeoutException("busy"), _events,
            NullLogger.Instance, _time);
        live.Edit("/c/slb/real 1/weight 5", "test");

        Assert.Throws<TimeoutException>(() => live.Apply());

        Assert.Equal(1, Weight(live.Running));
        Assert.Equal(1, live.Standing.Pending);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static int Weight(SwitchConfig config) => config.FindReal(1)!.Weight;

    private sealed class ManualTime : TimeProvider
    {
        public long Seconds { get; set; } = 1_000;

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => Seconds;

        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddSeconds(Seconds);
    }
}
