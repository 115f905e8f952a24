// The two listening sockets of a running switch. They are bound before the switch says READY, which costs nothing, and served from the first client
// on, so that no client comes too early. A socket that another process left behind is taken over; one that is served is not.

using System.Net.Sockets;

namespace PacketSwitch.Api;

/// <summary>Bound control sockets.</summary>
internal sealed class ControlSockets : IDisposable
{
    private const int Backlog = 128;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    // Connecting takes the permission to write the socket, whatever it may do then.
    private const UnixFileMode Everybody = OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.GroupWrite
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    private ControlSockets(Socket admin, Socket reader, string folder)
    {
        Admin = admin;
        Reader = reader;
        Folder = folder;
    }

    /// <summary>For who may change things: only the switch's own user.</summary>
    public Socket Admin { get; }

    /// <summary>For who may look.</summary>
    public Socket Reader { get; }

    public string Folder { get; }

    /// <summary>Binds both sockets. Null with the reason and what to do, when that is not possible.</summary>
    public static ControlSockets? TryBind(string folder, out string problem)
    {
        Socket? admin = null;
        try
        {
            Directory.CreateDirectory(folder);
            admin = Bind(Path.Combine(folder, SocketFolder.Admin), OwnerOnly);
            Socket reader = Bind(Path.Combine(folder, SocketFolder.Reader), Everybody);
            problem = "";
            return new ControlSockets(admin, reader, folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or SocketException or InvalidOperationException
            or ArgumentException)
        {
            admin?.Dispose();
            problem = $"no control socket in {folder}: {e.Message}; the switch runs without one "
                + "(run --socket-dir DIR chooses another folder)";
            return null;
        }
    }

    public void Dispose()
    {
        Admin.Dispose();
        Reader.Dispose();
        foreach (string name in new[] { SocketFolder.Admin, SocketFolder.Reader })
        {
            try
            {
                File.Delete(Path.Combine(Folder, name));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Somebody else's to clean up; a left socket is taken over at the next start.
            }
        }
    }

    private static Socket Bind(string path, UnixFileMode mode)
    {
        if (File.Exists(path))
        {
            if (IsServed(path))
                throw new InvalidOperationException($"another switch answers at {path}");
            File.Delete(path);
        }
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Bind(new UnixDomainSocketEndPoint(path));
            // Before it listens nobody can connect: there is no moment with the wrong permissions.
            if (OperatingSystem.IsLinux())
                File.SetUnixFileMode(path, mode);
            socket.Listen(Backlog);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static bool IsServed(string path)
    {
        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(new UnixDomainSocketEndPoint(path));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
