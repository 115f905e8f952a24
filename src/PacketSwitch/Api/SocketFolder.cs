// Where the control sockets are: admin.sock for who may change things, ro.sock for who may look. Both ends ask here.

namespace PacketSwitch.Api;

/// <summary>The folder of the control sockets.</summary>
internal static class SocketFolder
{
    public const string Variable = "PACKETSWITCH_SOCKET";
    public const string Default = "/run/packetswitch";
    public const string Admin = "admin.sock";
    public const string Reader = "ro.sock";

    private const string Ending = ".sock";

    /// <summary>The folder that an option, else the environment names, else the usual one.</summary>
    public static string Of(string? said)
    {
        string named = said ?? Environment.GetEnvironmentVariable(Variable) ?? "";
        named = named.Length == 0 ? Default : named;
        return named.EndsWith(Ending, StringComparison.Ordinal) ? Path.GetDirectoryName(Path.GetFullPath(named))! : named;
    }

    /// <summary>The socket a client uses: the one that is named, else the administrator's where it may be used, else the reader's.</summary>
    public static string SocketOf(string? said)
    {
        string named = said ?? Environment.GetEnvironmentVariable(Variable) ?? "";
        if (named.EndsWith(Ending, StringComparison.Ordinal))
            return named;
        string admin = Path.Combine(Of(said), Admin);
        string reader = Path.Combine(Of(said), Reader);
        return MayWrite(admin) || !File.Exists(reader) ? admin : reader;
    }

    // Connecting needs the permission to write. Its owner and root have it.
    private static bool MayWrite(string socket)
    {
        try
        {
            return File.Exists(socket) && (Environment.IsPrivilegedProcess || Native.Access(socket, Native.Write) == 0);
        }
        catch (EntryPointNotFoundException)
        {
            return false;
        }
    }

    private static class Native
    {
        public const int Write = 2;

        [System.Runtime.InteropServices.DllImport("libc", EntryPoint = "access")]
        public static extern int Access(
            [System.Runtime.InteropServices.MarshalAs(System.Runtime.InteropServices.UnmanagedType.LPUTF8Str)] string path,
            int mode);
    }
}
