// The event journal: numbers, following and the bound.

using PacketSwitch.Control.Events;
using Xunit;

namespace PacketSwitch.Tests.Control.Events;

public sealed class EventJournalTests
{
    private readonly EventJournal _journal = new(TimeProvider.System);

    [Fact]
    public void A_reader_gets_what_came_after_the_number_it_has_seen()
    {
        _journal.Add("real-failed", "real 3", "real 3 FAILED");
        SwitchEvent second = _journal.Add("real-up", "real 3", "real 3 up");

        SwitchEvent only = Assert.Single(_journal.After(1, out Task more));

        Assert.Equal(second, only);
        Assert.False(more.IsCompleted);
        _journal.Add("real-failed", "real 3", "again");
        Assert.True(more.IsCompleted);
    }

    [Fact]
    public void The_oldest_are_forgotten()
    {
        for (int i = 0; i < EventJournal.Capacity + 10; i++)
        {
            _journal.Add("test", "", $"{i}");
        }

        IReadOnlyList<SwitchEvent> kept = _journal.After(0, out _);

        Assert.Equal(EventJournal.Capacity, kept.Count);
        Assert.Equal(11, kept[0].Number);
    }
}
