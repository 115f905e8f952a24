// The counting of results, against published vectors and by its properties.

using PacketSwitch.Control.Health;
using Xunit;

namespace PacketSwitch.Tests.Control.Health;

public sealed class RiseFallTests
{
    [Theory]
    [InlineData(3, 3, "FFTFTFFFFFTFTTTTT", "FFFFFFFFFFFFFFTTT")]
    [InlineData(3, 3, "TFFTFFFTTFTTT", "TTTTTTFFFFFFT")]
    [InlineData(1, 4, "TFFFTFFFFT", "TTTTTTTTFT")]
    [InlineData(1, 1, "TFTFFT", "TFTFFT")]
    [InlineData(2, 3, "FTTFFF", "FFTTTF")]
    public void So_many_equal_results_in_a_row_change_the_state(int rise, int fall, string results, string states)
    {
        Assert.Equal(states, States(new RiseFall(rise, fall), results));
    }

    [Fact]
    public void A_failure_and_a_success_are_counted_apart()
    {
        var counting = new RiseFall(2, 4);
        CheckState state = counting.Next(counting.Next(CheckState.Unknown, true), false);

        Assert.Equal((1, 0), (state.FailedInRow, state.SucceededInRow));
        state = counting.Next(state, false);
        Assert.Equal((2, 0, (bool?)true), (state.FailedInRow, state.SucceededInRow, state.IsUp));
    }

    [Fact]
    public void A_server_taken_as_up_needs_all_its_failures()
    {
        var counting = new RiseFall(1, 2);

        CheckState one = counting.Next(CheckState.TakenAsUp, false);
        CheckState two = counting.Next(one, false);

        Assert.Equal((true, false), (one.IsUp, two.IsUp));
    }

    [Fact]
    public void The_state_never_changes_but_at_the_end_of_an_equal_run()
    {
        const int Seed = 20260;
        var random = new Random(Seed);
        for (int round = 0; round < 300; round++)
        {
            var counting = new RiseFall(random.Next(1, 6), random.Next(1, 6));
            string results = string.Concat(Enumerable.Range(0, 60).Select(_ => random.Next(2) == 0 ? 'T' : 'F'));
            string states = States(counting, results);
            for (int i = 1; i < states.Length; i++)
            {
                int needed = states[i] == 'T' ? counting.Rise : counting.Fall;
                bool run = i + 1 >= needed && results[(i + 1 - needed)..(i + 1)].All(r => r == states[i]);
                Assert.True(states[i] == states[i - 1] || run, $"seed {Seed}, {counting}: {results} {states} at {i}");
            }
        }
    }

    private static string States(RiseFall counting, string results)
    {
        CheckState state = CheckState.Unknown;
        return string.Concat(results.Select(result =>
        {
            state = counting.Next(state, result == 'T');
            return state.IsUp == true ? 'T' : 'F';
        }));
    }
}
