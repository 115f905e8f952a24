// The pages of `packetswitch help TOPIC`. Lists come from the code, so that they are complete.

using System.Globalization;
using System.Text;
using PacketSwitch.Api;
using PacketSwitch.DataPlane;
using PacketSwitch.Explain;

namespace PacketSwitch.Text;

/// <summary>Pages about topics.</summary>
internal static class HelpTopics
{
    private static readonly (string Name, Func<string> Page)[] Topics =
    [
        ("metrics", Metrics), ("drops", Drops), ("files", Files), ("exit-codes", ExitCodes),
        ("changes", Changes),
    ];

    public static IEnumerable<string> Names => Topics.Select(each => each.Name);

    /// <summary>The page; null when there is no such topic.</summary>
    public static string? Find(string name)
        => Array.Find(Topics, each => each.Name == name).Page?.Invoke();

    private static string Metrics() => """
        How a group picks a real server for a new session (group N / metric M):
          leastconns   the fewest sessions for its weight; the default
          roundrobin   in turn, as often as its weight says
          hash         by the client's address; a change of the group moves most clients
          phash        by the client's address; a change moves as few clients as it must
          minmisses    the same by another way (rendezvous)
          svcleast     leastconns, counting only the sessions of the service
          response     more to who answers its health checks faster
          bandwidth    more to who has had fewer octets
        Try before: packetswitch whatif --metric M -c FILE   or: --flows live

        """;

    private static string Drops()
    {
        var text = new StringBuilder("Every frame that is not forwarded is dropped for one reason, "
            + "counted in stats maint:\n");
        for (int reason = 1; reason < ReasonText.DropReasons; reason++)
        {
            text.Append(CultureInfo.InvariantCulture,
                $"  {ReasonText.Of((DropReason)reason)}: {Meaning(reason)}\n");
            if (DropAdvice.General[reason] != Meaning(reason))
            {
                text.Append(CultureInfo.InvariantCulture, $"      {DropAdvice.General[reason]}\n");
            }
        }
        text.Append("See one: packetswitch explain tcp SRC:PORT DST:PORT --live\n");
        return text.ToString();
    }

    private static string Meaning(int reason) => ReasonText.Meaning((DropReason)reason);

    private static string Files() => $"""
        /etc/packetswitch/packetswitch.cfg   the configuration (-c, PACKETSWITCH_CONFIG)
        {SocketFolder.Default}/{SocketFolder.Admin}    control socket of its user and root
        {SocketFolder.Default}/{SocketFolder.Reader}       control socket of everybody, for looking
                                             (--socket, {SocketFolder.Variable}: another one)
        backup/N.cfg                         the last 20 saved configurations

        """;

    private static string ExitCodes() => """
        0    ok
        1    no, or different; a missing interface
        2    usage, or a file that cannot be read
        3    the configuration has errors
        4    no switch runs at the control socket
        5    not permitted, or no libpcap
        130  interrupted

        """;

    private static string Changes() => """
        What you write is a candidate; nothing runs differently until it is applied.
          packetswitch real set 2 weight 3      writes the candidate (as the shell does)
          packetswitch diff                     what waits, in commands
          packetswitch apply --confirm 60       runs it; goes back by itself unless confirmed
          packetswitch confirm                  it stays
          packetswitch save                     keeps it over a restart
          packetswitch revert [--apply]         forgets what waits, or goes back to what is saved
        In a prompt, * is pending and + is not saved.

        """;
}
