// The operational menus, whole: what /info, /stats, /oper and /maint know. To add a command, add a row.

namespace PacketSwitch.Shell;

/// <summary>The tree of /info, /stats, /oper and /maint.</summary>
internal static class OperationalMenus
{
    public static ShellNode Root { get; } = new("", "")
    {
        Title = "Main",
        Children =
        [
            new("info", "what the switch knows")
            {
                Title = "Information",
                Children =
                [
                    new("slb", "server load balancing")
                    {
                        Title = "Server Load Balancing Information",
                        Children =
                        [
                            new("dump", "all of it") { Run = SlbInfo.Dump },
                            new("real", "N: a real server") { Run = SlbInfo.Real },
                            new("virt", "N: a virtual server") { Run = SlbInfo.Virt },
                            new("group", "N: a server group") { Run = SlbInfo.Group },
                            new("sess", "sessions")
                            {
                                Title = "Session Table Information",
                                Children = SessionInfo.Selectors,
                            },
                        ],
                    },
                    new("arp", "neighbours") { Run = NetworkInfo.Neighbors },
                    new("link", "ports") { Run = NetworkInfo.Ports },
                    new("l2", "the bridge: roles of the ports") { Run = NetworkInfo.Ports },
                    new("sys", "the switch itself") { Run = NetworkInfo.System },
                ],
            },
            new("stats", "counters")
            {
                Title = "Statistics",
                Children =
                [
                    new("slb", "server load balancing")
                    {
                        Title = "Server Load Balancing Statistics",
                        Children =
                        [
                            new("real", "N: a real server") { Run = SlbStats.Real },
                            new("group", "N: a server group") { Run = SlbStats.Group },
                            new("virt", "N: a virtual server") { Run = SlbStats.Virt },
                            new("maint", "what became of the frames") { Run = SlbStats.Maint },
                            new("clear", "count from now on") { Run = SlbStats.Clear },
                        ],
                    },
                    new("port", "N: a port") { Run = SlbStats.Port },
                ],
            },
            new("oper", "orders that hold until the next one")
            {
                Title = "Operations",
                Children =
                [
                    new("slb", "server load balancing")
                    {
                        Title = "Server Load Balancing Operations",
                        Children =
                        [
                            new("ena", "N: the real server takes new sessions") { Run = SlbOper.Enable },
                            new("dis", "N [n|p]: out at once; n drains, p drains but for bound clients") { Run = SlbOper.Disable },
                        ],
                    },
                ],
            },
            MaintCommands.Menu,
        ],
    };
}
