// The mailbox of the control plane: order, answers, errors and the bound.

using PacketSwitch.Control;
using Xunit;

namespace PacketSwitch.Tests.Control;

public sealed class ControlMailboxTests
{
    [Fact]
    public void Messages_are_taken_in_the_order_they_were_posted()
    {
        var mailbox = new ControlMailbox();
        var seen = new List<int>();
        mailbox.TryPost(_ => seen.Add(1));
        mailbox.TryPost(_ => seen.Add(2));

        Drain(mailbox);

        Assert.Equal([1, 2], seen);
        Assert.True(mailbox.IsEmpty);
    }

    [Fact]
    public async Task What_the_work_throws_reaches_who_asked()
    {
        var mailbox = new ControlMailbox();
        Task<int> good = mailbox.Ask(nowNs => (int)nowNs);
        Task<int> bad = mailbox.Ask<int>(_ => throw new FormatException("no"));

        Drain(mailbox);

        Assert.Equal(7, await good);
        Assert.Equal("no", (await Assert.ThrowsAsync<FormatException>(() => bad)).Message);
    }

    [Fact]
    public void A_full_mailbox_says_so()
    {
        var mailbox = new ControlMailbox();
        for (int i = 0; i < ControlMailbox.Capacity; i++)
        {
            Assert.True(mailbox.TryPost(_ => { }));
        }

        Assert.False(mailbox.TryPost(_ => { }));
        Assert.Throws<InvalidOperationException>(() => { _ = mailbox.Ask(_ => 0); });

        Drain(mailbox);
        Assert.True(mailbox.TryPost(_ => { }));
    }

    private static void Drain(ControlMailbox mailbox)
    {
        while (mailbox.TryTake(out Action<long>? work))
        {
            work!(7);
        }
    }
}
