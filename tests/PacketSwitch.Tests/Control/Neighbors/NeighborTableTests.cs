// Who is asked when a neighbour's MAC changes, and which answers are believed.

using PacketSwitch.Control.Neighbors;
using PacketSwitch.DataPlane;
using PacketSwitch.Wire;
using Xunit;

namespace PacketSwitch.Tests.Control.Neighbors;

public sealed class NeighborTableTests
{
    private const long Second = 1_000_000_000;

    private static readonly MacAddress Before = new(0x0200_0000_0005), After = new(0x0200_0000_0055);

    private readonly NeighborTable _table = new(keepsFresh: true, new NeighborUse());
    private readonly IpAddress _four = IpAddress.From(Ipv4Address.Parse("192.0.2.5"));
    private readonly IpAddress _six = IpAddress.From(Ipv6Address.Parse("2001:db8::5"));
    private long _now;

    public NeighborTableTests()
    {
        foreach (IpAddress address in new[] { _six, _four })
        {
            _table.IndexOf(address);
            _table.Learn(address, Before, 1, 0, _now);
        }
        _now = Second;
    }

    [Fact]
    public void A_claim_is_believed_when_the_old_place_stays_silent()
    {
        _table.Learn(_four, After, 1, 0, _now);

        Assert.Equal(Before, Asked(_four));
        Assert.Equal(Before, MacOf(_four));
        _now += Second;
        Asked(_four);

        Assert.Equal(After, MacOf(_four));
    }

    [Fact]
    public void A_claim_is_forgotten_when_the_old_place_answers()
    {
        _table.Learn(_four, After, 1, 0, _now);
        Asked(_four);
        _table.Learn(_four, Before, 1, 0, _now);
        _now += 5 * Second;
        Asked(_four);

        Assert.Equal(Before, MacOf(_four));
    }

    [Fact]
    public void Who_moved_in_one_family_is_soon_found_in_the_other()
    {
        _table.Learn(_four, After, 1, 0, _now);
        MacAddress? lastAsked = null;
        for (int second = 0; second < 6; second++)
        {
            lastAsked = Asked(_six) ?? lastAsked;
            if (lastAsked is { IsZero: true })
            {
                _table.Learn(_six, After, 1, 0, _now);
            }
            _now += Second;
        }

        Assert.Equal(After, MacOf(_four));
        Assert.Equal(After, MacOf(_six));
    }

    // Asks all that is due; returns the MAC that was asked for this address, zero for everybody, null when it was not asked for.
    private MacAddress? Asked(IpAddress address)
    {
        MacAddress? asked = null;
        for (int pass = 0; pass < 2; pass++)
        {
            while (_table.NextQuestion(_now, out NeighborQuestion question))
            {
                asked = question.Address.Equals(address) ? question.Mac : asked;
            }
        }
        return asked;
    }

    private MacAddress MacOf(IpAddress address)
        => Assert.Single(_table.Snapshot(), neighbor => neighbor.Address.Equals(address)).Mac;
}
