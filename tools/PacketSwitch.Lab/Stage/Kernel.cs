// Settings and counters of the kernel's network stack, those of the namespace that the calling thread is in. Used inside NetworkNamespace.Run.
using System.Globalization;

namespace PacketSwitch.Lab.Stage;

internal static class Kernel
{
    /// <summary>Writes one setting below /proc/sys, for example "net/ipv4/ip_forward".</summary>
    public static void Set(string name, int value) =>
        File.WriteAllText($"/proc/sys/{name}", value.ToString(CultureInfo.InvariantCulture));

    /// <summary>TCP's counters (RFC 4022) by name, such as "ActiveOpens".</summary>
    public static IReadOnlyDictionary<string, long> TcpCounters()
    {
        // A line of names, then one of numbers.
        string[][] lines = [.. File.ReadLines("/proc/thread-self/net/snmp")
            .Where(line => line.StartsWith("Tcp:", StringComparison.Ordinal))
            .Select(line => line.Split(' '))];
        return lines[0].Zip(lines[1]).Skip(1).ToDictionary(
            pair => pair.First, pair => long.Parse(pair.Second, CultureInfo.InvariantCulture));
    }
}
