// Settings of the kernel's network stack, those of the namespace that the calling thread is in. Used inside NetworkNamespace.Run.
using System.Globalization;

namespace PacketSwitch.Lab.Stage;

internal static class Kernel
{
    /// <summary>Writes one setting below /proc/sys, for example "net/ipv4/ip_forward".</summary>
    public static void Set(string name, int value) =>
        File.WriteAllText($"/proc/sys/{name}", value.ToString(CultureInfo.InvariantCulture));
}
