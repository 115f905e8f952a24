// The lines of a scenario that say what health checks find and operators order: they reach the real
// control plane as those would. Used by ScenarioRunner.

using PacketSwitch.Control.Config;
using PacketSwitch.Control.Servers;
using PacketSwitch.Tests.DataPlane;
using PacketSwitch.Wire;

namespace PacketSwitch.Tests.Scenarios;

internal static class ScenarioOrders
{
    /// <summary>Gives the order of a line; false when it is none.</summary>
    /// <exception cref="FormatException">It is one, with a wrong number or time.</exception>
    public static bool TryGive(TestSwitch tested, SwitchConfig config, string[] words)
    {
        RealHealth health = tested.Control.Facts.Health;
        switch (words)
        {
            case ["real", string real, "failed"]:
                tested.Control.SetHealth(health.WithFailed(Number(config, real), tested.NowNs));
                return true;
            case ["real", string real, "up"]:
                tested.Control.SetHealth(health.WithUp(Number(config, real), tested.NowNs));
                return true;
            case ["drain", string real, "n"]:
                tested.Control.SetDrain(Number(config, real), DrainMode.NoNew);
                return true;
            case ["drain", string real, "p"]:
                tested.Control.SetDrain(Number(config, real), DrainMode.Persistent);
                return true;
            case ["drain", string real, "off"]:
                tested.Control.SetDrain(Number(config, real), DrainMode.None);
                return true;
            case ["responses", ..]:
                tested.Control.SetResponseTimes(Responses(words[1..]));
                return true;
            default:
                return false;
        }
    }

    // A real server may be called by its address, where the metric has chosen it.
    private static int Number(SwitchConfig config, string real)
    {
        if (int.TryParse(real, out int number))
        {
            return number;
        }
        IpAddress address = IpAddress.Parse(real.Trim('[', ']'));
        return config.Reals
            .FirstOrDefault(other => other.Address is { } own && own.Equals(address))?.Id
            ?? throw new FormatException($"'{real}' is no real server");
    }

    private static Dictionary<int, long> Responses(string[] words)
        => words.Chunk(2).ToDictionary(
            pair => int.Parse(pair[0]),
            pair => pair.Length == 2
                ? ScenarioTime.Nanoseconds(pair[1])
                : throw new FormatException($"no time follows '{pair[0]}'"));
}
