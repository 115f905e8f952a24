// Which file a path really names, so that a replay never writes over what it reads. Used by the replay command.

namespace PacketSwitch.Replay;

/// <summary>Paths as people write them.</summary>
internal static class FilePaths
{
    /// <summary>The full path behind relative parts and a symbolic link; the path itself when it names nothing.</summary>
    public static string Resolve(string path)
    {
        try
        {
            var file = new FileInfo(path);
            FileSystemInfo? target = file.Exists ? file.ResolveLinkTarget(returnFinalTarget: true) : null;
            return target?.FullName ?? file.FullName;
        }
        catch (Exception e) when (e is IOException or ArgumentException or UnauthorizedAccessException)
        {
            return path;
        }
    }
}
