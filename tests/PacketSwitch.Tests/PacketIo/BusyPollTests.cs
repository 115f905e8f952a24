// When a loop looks again and when it sleeps: decided from the pauses between frames. Time is a
// number here.

using System.Diagnostics;
using PacketSwitch.PacketIo;
using Xunit;

namespace PacketSwitch.Tests.PacketIo;

public sealed class BusyPollTests
{
    private long _now = Microseconds(1_000_000);
    private BusyPoll _poll;

    [Fact]
    public void At_first_it_sleeps()
    {
        Assert.False(_poll.ShouldLookAgain(_now));
    }

    [Fact]
    public void Frames_that_follow_closely_have_it_look_on_for_as_long()
    {
        foreach (int most in new[] { 50, 100, 200, 300, 300 })
        {
            Pause(299);
            Assert.Equal(Microseconds(most), _poll.Window);
        }

        Assert.True(_poll.ShouldLookAgain(_now));
        Assert.True(_poll.ShouldLookAgain(_now + Microseconds(299)));
        Assert.False(_poll.ShouldLookAgain(_now + Microseconds(300)));
    }

    [Fact]
    public void Pauses_that_are_covered_leave_it_as_it_is()
    {
        Pause(299);

        Pause(40);

        Assert.Equal(Microseconds(50), _poll.Window);
    }

    [Fact]
    public void Frames_far_apart_have_it_sleep_again()
    {
        for (int i = 0; i < 4; i++) Pause(299);

        for (int i = 0; i < 4; i++) Pause(1_000);

        Assert.Equal(0, _poll.Window);
        Assert.False(_poll.ShouldLookAgain(_now));
    }

    [Fact]
    public void A_processor_that_another_program_took_is_left_to_it_for_a_while()
    {
        for (int i = 0; i < 4; i++) Pause(299);
        Assert.True(_poll.ShouldLookAgain(_now));

        _poll.GaveUp(_now, _now + Microseconds(20));

        Assert.Equal(0, _poll.Window);
        Pause(299);
        Assert.Equal(0, _poll.Window);
        _now += Microseconds(50_000);
        Pause(299);
        Assert.Equal(Microseconds(50), _poll.Window);
    }

    [Fact]
    public void A_processor_that_nobody_took_is_looked_on_with()
    {
        for (int i = 0; i < 4; i++) Pause(299);

        _poll.GaveUp(_now, _now + Microseconds(19));

        Assert.Equal(Microseconds(300), _poll.Window);
    }

    private void Pause(int microseconds)
    {
        _poll.ShouldLookAgain(_now);
        _now += Microseconds(microseconds);
        Assert.True(_poll.IsPaused);
        _poll.EndPause(_now);
        Assert.False(_poll.IsPaused);
    }

    private static long Microseconds(long count) => Stopwatch.Frequency * count / 1_000_000;
}
