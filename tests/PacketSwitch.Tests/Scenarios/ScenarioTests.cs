// Runs every *.scn file of this folder, once for each address family it is marked with. To add a scenario, add a file; its language is in the README.

using Xunit;

namespace PacketSwitch.Tests.Scenarios;

public class ScenarioTests
{
    public static TheoryData<string, int> Scenarios()
    {
        var data = new TheoryData<string, int>();
        foreach ((string name, int family) in Scenario.All())
        {
            data.Add(name, family);
        }
        return data;
    }

    [Theory]
    [MemberData(nameof(Scenarios))]
    public void The_switch_does_what_the_scenario_says(string name, int ipVersion)
    {
        using var runner = new ScenarioRunner(Scenario.Read(name, ipVersion));
        string failure = "";

        try
        {
            runner.Run();
        }
        catch (ScenarioException e)
        {
            failure = e.Message;
        }

        Assert.True(failure.Length == 0, failure);
    }
}
