// Settings of the kernel's network stack, of the namespace that this thread is in. Used by checks.

using System.Globalization;

namespace PacketSwitch.Doctor;

/// <summary>Numbers below /proc/sys/net/ipv4/conf.</summary>
internal static class Sysctl
{
    /// <summary>0 when there is no such setting here.</summary>
    public static int Read(string networkInterface, string setting)
    {
        try
        {
            string text = File.ReadAllText($"/proc/sys/net/ipv4/conf/{networkInterface}/{setting}");
            return int.Parse(text, NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            return 0;
        }
    }

    /// <summary>The command that sets it; sysctl writes a dot in a name as a slash.</summary>
    public static string Command(string networkInterface, string setting, int value) =>
        $"sysctl -w net.ipv4.conf.{networkInterface.Replace('.', '/')}.{setting}={value}";
}
