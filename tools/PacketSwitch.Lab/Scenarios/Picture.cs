// The picture of the lab, printed by each scenario before its steps.
namespace PacketSwitch.Lab.Scenarios;

internal static class Picture
{
    public static void Print(string serviceSays) => Console.WriteLine($"""

           clients                 the switch                     real servers
           cli1 192.0.2.101 ─┐   ┌──────────────┐   ┌─ web1 192.0.2.5:80  real 1
           cli2 192.0.2.102 ─┼─8─┤ PacketSwitch ├─1─┼─ web2 192.0.2.6:80  real 2
           cli3 192.0.2.103 ─┘   └──────────────┘   └─ web3 192.0.2.7:80  real 3
                               VIP 192.0.2.2:80, {serviceSays}

        """);
}
