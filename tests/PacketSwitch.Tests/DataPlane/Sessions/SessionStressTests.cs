// The session table under real threads: two that open and end sessions, two that look them up. Everything of a session follows from its
// key and its real server, so a reader can tell a wrong session from the right one by its content alone.
// Runs 5 seconds, or as long as PACKETSWITCH_STRESS_SECONDS says; prints its seed.

using System.Globalization;
using PacketSwitch.DataPlane;
using PacketSwitch.Wire;
using Xunit;
using Xunit.Abstractions;

namespace PacketSwitch.Tests.DataPlane.Sessions;

public sealed class SessionStressTests(ITestOutputHelper output)
{
    private const int DefaultSeconds = 5;

    // Less says nothing; a busy machine is given more time until it has done so much.
    private const int Least = 1000;

    [Fact]
    public void Ipv4_sessions_are_neither_lost_nor_mistaken_while_others_come_and_go()
        => Run<Ipv4Address>(Seconds());

    [Fact]
    public void Ipv6_sessions_are_neither_lost_nor_mistaken_while_others_come_and_go()
        => Run<Ipv6Address>(Math.Max(Seconds() / 5, 1));

    [Fact]
    public void Of_two_writers_that_open_the_same_session_exactly_one_does()
    {
        int seed = Environment.TickCount;
        using var race = new SessionRace(seed);

        race.Run(TimeSpan.FromSeconds(Math.Max(Seconds() / 5, 1)), Least);

        output.WriteLine(
            $"seed {seed}: {race.Rounds:N0} keys, {race.Refused:N0} times refused for contention, {race.Shared:N0} met");
        Assert.Empty(race.Problems);
        Assert.True(race.Rounds > Least, $"only {race.Rounds} keys in the time");
    }

    private void Run<TAddress>(int seconds) where TAddress : unmanaged, IIpAddress<TAddress>
    {
        int seed = Environment.TickCount;
        using var stress = new SessionStress<TAddress>(seed, writers: 2, readers: 2);

        stress.Run(TimeSpan.FromSeconds(seconds), Least);

        output.WriteLine(
            $"seed {seed}: {stress.Opened:N0} opened, {stress.Ended:N0} ended, {stress.Lookups:N0} looked up, "
            + $"{stress.Hits:N0} found, {stress.Full:N0} times full, {seconds} s");
        Assert.Empty(stress.Problems);
        Assert.True(stress.Opened > Least, $"only {stress.Opened} sessions in the time");
        Assert.True(stress.Hits > Least, $"only {stress.Hits} hits in the time");
    }

    private static int Seconds()
    {
        string? text = Environment.GetEnvironmentVariable("PACKETSWITCH_STRESS_SECONDS");
        return int.TryParse(text, CultureInfo.InvariantCulture, out int seconds) ? seconds : DefaultSeconds;
    }
}
