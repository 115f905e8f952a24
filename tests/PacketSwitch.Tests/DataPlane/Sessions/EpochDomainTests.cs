// Epochs: what is stamped while somebody is inside waits for them, and for nobody else.

using PacketSwitch.DataPlane;
using Xunit;

namespace PacketSwitch.Tests.DataPlane.Sessions;

public sealed class EpochDomainTests
{
    private readonly EpochDomain _epochs = new();

    [Fact]
    public void With_nobody_inside_everything_is_reusable()
    {
        _epochs.Register();

        long stamp = _epochs.Stamp();

        Assert.True(stamp <= _epochs.Reusable());
    }

    [Fact]
    public void What_is_stamped_waits_for_all_who_were_inside()
    {
        int first = _epochs.Register();
        int second = _epochs.Register();
        _epochs.Enter(first);
        _epochs.Enter(second);
        long stamp = _epochs.Stamp();

        Assert.True(stamp > _epochs.Reusable());
        _epochs.Exit(first);
        Assert.True(stamp > _epochs.Reusable());
        _epochs.Exit(second);
        Assert.True(stamp <= _epochs.Reusable());
    }

    [Fact]
    public void Who_enters_again_does_not_hold_up_what_was_stamped_before()
    {
        int participant = _epochs.Register();
        _epochs.Enter(participant);
        long stamp = _epochs.Stamp();
        _epochs.Exit(participant);
        _epochs.Enter(participant);

        Assert.True(stamp <= _epochs.Reusable());
        Assert.True(_epochs.Stamp() > _epochs.Reusable());
    }

    [Fact]
    public void Stamps_count_up()
        => Assert.True(_epochs.Stamp() < _epochs.Stamp());

    [Fact]
    public void More_participants_than_there_are_places_are_refused()
    {
        for (int i = 0; i < Limits.MaxLoops + 8; i++)
        {
            Assert.Equal(i, _epochs.Register());
        }

        Assert.Throws<InvalidOperationException>(() => _epochs.Register());
        Assert.True(_epochs.Stamp() <= _epochs.Reusable());
    }
}
