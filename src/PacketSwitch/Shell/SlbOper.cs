// /oper/slb: orders to real servers that run (ALTEON.md section 5).

using PacketSwitch.Api;
using PacketSwitch.Control.Servers;

namespace PacketSwitch.Shell;

/// <summary>Server load balancing operations.</summary>
internal static class SlbOper
{
    public static string Enable(ShellContext context, string[] words) => Set(context, words, DrainMode.None);

    public static string Disable(ShellContext context, string[] words)
        => Set(context, words, words.Length < 2 ? DrainMode.Out : words[1] switch
        {
            "n" => DrainMode.NoNew,
            "p" => DrainMode.Persistent,
            _ => throw new ShellRefusal($"dis N n drains, dis N p drains but for bound clients; '{words[1]}' is neither", exitCode: 2),
        });

    private static string Set(ShellContext context, string[] words, DrainMode mode)
    {
        int id = ShellWords.Object(context, "real", words);
        if (!context.MayChange)
            throw new ShellRefusal(ApiRoutes.NotPermitted, exitCode: 5);
        return context.Api.Orders.Set(id, mode).Message + "\n";
    }
}
