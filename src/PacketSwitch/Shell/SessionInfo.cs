// /info/slb/sess: sessions, one a line, in Alteon's format (ALTEON.md section 6), chosen by one selector.

using System.Globalization;
using System.Text;
using PacketSwitch.Control.Config;
using PacketSwitch.Reports;
using PacketSwitch.Wire;

namespace PacketSwitch.Shell;

/// <summary>The session table.</summary>
internal static class SessionInfo
{
    private const int MostLines = 10_000;
    private const string Help = """
        loop, port: client cport, vip vport -> [pip pport] rip rport age N FLAGS
        E in use   N only MACs translated (DSR)   P its client is bound to the server
        choose: cip ADDRESS  cport N  dip ADDRESS  dport N  real N  port N  flag E|N|P  dump

        """;

    public static ShellNode[] Selectors { get; } =
    [
        By("cip", "ADDRESS: of a client", (_, words) => new SessionSelector { ClientIp = Address("cip", words) }),
        By("cport", "N: from a client's port",
            (_, words) => new SessionSelector { ClientPort = ShellWords.Number("cport", words, 65_535) }),
        By("dip", "ADDRESS: to a virtual server", (_, words) => new SessionSelector { VirtualIp = Address("dip", words) }),
        By("dport", "N: to a virtual port",
            (_, words) => new SessionSelector { VirtualPort = ShellWords.Number("dport", words, 65_535) }),
        By("real", "N: of a real server",
            (context, words) => new SessionSelector { Real = ShellWords.Object(context, "real", words) }),
        By("port", "N: of clients behind a port",
            (_, words) => new SessionSelector { Port = ShellWords.Number("port", words, 255) }),
        By("flag", "E|N|P: with a flag", (_, words) => words.Length == 1
            ? new SessionSelector { Flag = words[0] } : throw new ShellRefusal("flag needs one of E, N, P", exitCode: 2)),
        By("dump", "all of them", (_, _) => new SessionSelector()),
        new("help", "what the columns mean") { Run = (_, _) => Help },
    ];

    private static ShellNode By(string name, string help, Func<ShellContext, string[], SessionSelector> selector)
        => new(name, help)
        {
            Run = (context, words) => Text(context.Api.Sessions.Read(selector(context, words), MostLines)),
        };

    private static string Text(SessionsReport report)
    {
        var text = new StringBuilder();
        foreach (SessionRow row in report.Sessions)
        {
            string service = ServiceNames.NameOf(row.VipPort);
            string proxy = row.Pport == 0 ? "" : $"{row.Pip} {row.Pport} ";
            text.Append(CultureInfo.InvariantCulture,
                $"1, {row.Port:00}: {row.Client} {row.ClientPort}, {row.Vip} {(service.Length == 0 ? $"{row.VipPort}" : service)} -> ");
            text.Append(CultureInfo.InvariantCulture,
                $"{proxy}{row.Rip} {row.Rport} age {(row.ExpireS + 59) / 60} {row.Flags}\n");
        }
        if (report.Matched > report.Sessions.Count)
            text.Append(CultureInfo.InvariantCulture, $"{report.Sessions.Count} of {report.Matched} shown\n");
        return text.ToString();
    }

    private static IpAddress Address(string what, string[] words)
        => words.Length == 1 && IpAddress.TryParse(words[0], out IpAddress address)
            ? address : throw new ShellRefusal($"{what} needs an IP address", exitCode: 2);
}
