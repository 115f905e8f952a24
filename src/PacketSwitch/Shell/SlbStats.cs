// /stats: counters in Alteon's columns. The tables are those of the stats command.

using PacketSwitch.Api;
using PacketSwitch.Reports;
using PacketSwitch.Text;

namespace PacketSwitch.Shell;

/// <summary>Statistics.</summary>
internal static class SlbStats
{
    public static string Real(ShellContext context, string[] words) => Text(context, "real", words);

    public static string Group(ShellContext context, string[] words) => Text(context, "group", words);

    public static string Virt(ShellContext context, string[] words) => Text(context, "virt", words);

    public static string Port(ShellContext context, string[] words) => Text(context, "port", words);

    public static string Maint(ShellContext context, string[] words) => StatsText.Of(context.Api.Stats.Read("maint"), "maint");

    public static string Clear(ShellContext context, string[] words)
        => context.MayChange ? context.Api.Stats.Clear() + "\n"
            : throw new ShellRefusal(ApiRoutes.NotPermitted, exitCode: 5);

    private static string Text(ShellContext context, string kind, string[] words)
    {
        StatsReport report = context.Api.Stats.Read(kind, ShellWords.ObjectOrAll(context, kind, words));
        return StatsText.Of(report, kind);
    }
}
