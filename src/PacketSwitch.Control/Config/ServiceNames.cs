// The well-known service names and their ports, as the original knows them. The parser reads them,
// listings print them.

namespace PacketSwitch.Control.Config;

/// <summary>Service names such as <c>http</c> and their ports.</summary>
public static class ServiceNames
{
    private static readonly (string Name, int Port)[] Known =
    [
        ("http", 80), ("https", 443), ("ftp", 21), ("smtp", 25), ("dns", 53), ("ssh", 22),
        ("telnet", 23), ("pop3", 110), ("imap", 143), ("ldap", 389), ("ntp", 123),
    ];

    internal static IReadOnlyList<string> All { get; } = [.. Known.Select(entry => entry.Name)];

    /// <summary>The name of the port, or an empty text.</summary>
    public static string NameOf(int port)
    {
        foreach ((string name, int known) in Known)
        {
            if (known == port)
                return name;
        }
        return "";
    }

    /// <summary>The port of the name; false if the name is not known.</summary>
    public static bool TryPort(string name, out int port)
    {
        foreach ((string known, int knownPort) in Known)
        {
            if (string.Equals(known, name, StringComparison.OrdinalIgnoreCase))
            {
                port = knownPort;
                return true;
            }
        }
        port = 0;
        return false;
    }
}
