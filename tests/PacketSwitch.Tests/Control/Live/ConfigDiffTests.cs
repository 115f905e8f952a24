// A difference is commands: typed on the first configuration they give the second, whatever both are.

using PacketSwitch.Control.Config;
using PacketSwitch.Control.Live;
using PacketSwitch.Tests.Control.Config;
using Xunit;
using Xunit.Abstractions;

namespace PacketSwitch.Tests.Control.Live;

public sealed class ConfigDiffTests(ITestOutputHelper output)
{
    [Fact]
    public void Its_shape_is_the_menu_what_stood_there_and_what_to_type()
    {
        SwitchConfig before = Texts.Read("real 2 / rip 192.0.2.6\ngroup 1 / add 2\n");
        SwitchConfig after = Texts.Read("real 2 / rip 192.0.2.6 / weight 2\ngroup 1 / add 2 / metric phash\n");

        ConfigDiff diff = ConfigDiff.Of(before, after);

        Assert.Equal(
            """
              /c/slb/real 2
            -     weight 1                               (default)
            +     weight 2
              /c/slb/group 1
            -     metric leastconns                      (default)
            +     metric phash

            """,
            diff.ToText());
        Assert.Equal(2, diff.Changes);
    }

    [Fact]
    public void A_member_that_goes_and_an_object_that_goes_are_commands_too()
    {
        SwitchConfig before = Texts.Read("real 1 / rip 192.0.2.5\nreal 2 / rip 192.0.2.6 / name b\ngroup 1 / add 1 / add 2\n");
        SwitchConfig after = Texts.Read("real 1 / rip 192.0.2.5\ngroup 1 / add 1\n");

        Assert.Equal(
            "  /c/slb/group 1\n-     add 2\n+     rem 2\n  /c/slb/real 2\n-     name b\n-     rip 192.0.2.6\n+     del\n",
            ConfigDiff.Of(before, after).ToText());
    }

    [Fact]
    public void Nothing_differs_between_equal_configurations()
    {
        SwitchConfig config = new RandomConfig(1).Next();

        ConfigDiff diff = ConfigDiff.Of(config, config with { });

        Assert.Equal((0, ""), (diff.Changes, diff.ToText()));
    }

    [Fact]
    public void Typing_the_commands_gives_the_second_configuration()
    {
        int seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        for (int round = 0; round < 200; round++)
        {
            SwitchConfig before = new RandomConfig(seed + (2 * round)).Next();
            SwitchConfig after = new RandomConfig(seed + (2 * round) + 1).Next();
            // A service keeps a name it once had; the words to take it away do not exist.
            after = after with { Virts = [.. after.Virts.Select(virt => WithoutNames(virt, before))] };
            ConfigCandidate candidate = ConfigCandidate.From(before);
            var problems = new ProblemList("diff");
            var cursor = new MenuCursor(candidate, problems);

            foreach (ConfigLine line in ConfigText.Lines(ConfigDiff.Of(before, after).ToCommands()))
                cursor.Execute(line);

            Assert.True(!problems.HasErrors, $"seed {seed}, round {round}: {problems.All.FirstOrDefault(p => p.IsError)?.Message}");
            Assert.True(
                after.Equals(candidate.ToConfig()),
                $"seed {seed}, round {round}:\n{ConfigDiff.Of(after, candidate.ToConfig()).ToText()}");
        }
    }

    private static VirtConfig WithoutNames(VirtConfig virt, SwitchConfig before) => virt with
    {
        Services = [.. virt.Services.Select(service =>
            before.FindVirt(virt.Id)?.Services.FirstOrDefault(was => was.Port == service.Port) is { } known
                ? service with { Name = known.Name } : service)],
    };
}
