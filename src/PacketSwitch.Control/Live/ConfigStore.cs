// The configuration file of a running switch: reads it, replaces it so that a crash leaves the old one or the new one whole, keeps the
// versions before. Called by LiveConfig, under its lock.

using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace PacketSwitch.Control.Live;

/// <summary>A configuration file and its earlier versions.</summary>
/// <param name="file">The file; a symbolic link is followed.</param>
/// <param name="backupFolder">Where earlier versions are kept, as <c>N.cfg</c>; made when it is needed.</param>
public sealed class ConfigStore(string file, string backupFolder)
{
    /// <summary>Earlier versions kept.</summary>
    public const int Kept = 20;

    private string? _lastText;

    /// <summary>The file's path, as it was given.</summary>
    public string File { get; } = file;

    /// <summary>Remembers the text that was read, to see later whether somebody else has changed the file.</summary>
    public void Remember(string text) => _lastText = text;

    /// <summary>True when the file is not what was read or written last.</summary>
    public bool HasChangedOnDisk()
    {
        try
        {
            return _lastText is not null && System.IO.File.Exists(File) && System.IO.File.ReadAllText(File) != _lastText;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>
    /// Replaces the file: writes beside it, syncs, renames. Returns the path of the version before, or null when there was none.
    /// </summary>
    /// <exception cref="IOException">The disk, or</exception>
    /// <exception cref="UnauthorizedAccessException">the permissions do not allow it; the file is what it was.</exception>
    public string? Write(string text)
    {
        string target = Path.GetFullPath(File);
        target = System.IO.File.ResolveLinkTarget(target, returnFinalTarget: true)?.FullName ?? target;
        string folder = Path.GetDirectoryName(target)!;
        string? backup = System.IO.File.Exists(target) ? Keep(target) : null;
        string fresh = Path.Combine(folder, $".{Path.GetFileName(target)}.{Environment.ProcessId}.new");
        try
        {
            using (var stream = new FileStream(fresh, FileMode.Create, FileAccess.Write))
            {
                if (backup is not null && OperatingSystem.IsLinux())
                    System.IO.File.SetUnixFileMode(stream.SafeFileHandle, System.IO.File.GetUnixFileMode(target));
                stream.Write(Encoding.UTF8.GetBytes(text));
                stream.Flush(flushToDisk: true);
            }
            System.IO.File.Move(fresh, target, overwrite: true);
        }
        catch
        {
            System.IO.File.Delete(fresh);
            throw;
        }
        SyncFolder(folder);
        _lastText = text;
        return backup;
    }

    private string Keep(string target)
    {
        Directory.CreateDirectory(backupFolder);
        int[] numbers = [.. Directory.EnumerateFiles(backupFolder, "*.cfg")
            .Select(path => int.TryParse(
                Path.GetFileNameWithoutExtension(path), NumberStyles.None, CultureInfo.InvariantCulture, out int n) ? n : 0)
            .Where(number => number > 0).Order()];
        int next = numbers.Length == 0 ? 1 : numbers[^1] + 1;
        string kept = PathOf(next);
        try
        {
            System.IO.File.Copy(target, kept);
        }
        catch (IOException)
        {
            // A full disk leaves a part of it, which is no version.
            System.IO.File.Delete(kept);
            throw;
        }
        foreach (int old in numbers.Take(Math.Max(0, numbers.Length + 1 - Kept)))
            System.IO.File.Delete(PathOf(old));
        return kept;
    }

    private string PathOf(int number) =>
        Path.Combine(backupFolder, number.ToString(CultureInfo.InvariantCulture) + ".cfg");

    // The rename is on disk only when its folder is. A file system that cannot sync a folder has no better to offer.
    private static void SyncFolder(string folder)
    {
        int descriptor = Open(folder, flags: 0);
        if (descriptor < 0)
            return;
        _ = Sync(descriptor);
        _ = Close(descriptor);
    }

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    private static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "fsync")]
    private static extern int Sync(int descriptor);

    [DllImport("libc", EntryPoint = "close")]
    private static extern int Close(int descriptor);
}
