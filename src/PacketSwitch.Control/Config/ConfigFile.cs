// Reads a configuration file from disk with a bound and a plain reason when it cannot. check, run
// and replay call it.

using System.Text;

namespace PacketSwitch.Control.Config;

/// <summary>Configuration files.</summary>
public static class ConfigFile
{
    /// <summary>
    /// Far above any real configuration; it keeps a mistaken path from filling the memory.
    /// </summary>
    public const int LargestBytes = 16 * 1024 * 1024;

    /// <summary>The text of the file as UTF-8, or why it cannot be read.</summary>
    public static bool TryRead(string path, out string text, out string reason)
    {
        text = "";
        try
        {
            if (Directory.Exists(path))
            {
                reason = "it is a directory";
                return false;
            }
            return TryReadText(path, out text, out reason);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            reason = "no such file";
        }
        catch (UnauthorizedAccessException)
        {
            reason = "permission denied";
        }
        catch (Exception e) when (e is IOException or ArgumentException or NotSupportedException)
        {
            reason = e.Message;
        }
        return false;
    }

    private static bool TryReadText(string path, out string text, out string reason)
    {
        text = "";
        reason = "";
        using FileStream file = File.OpenRead(path);
        using var bytes = new MemoryStream();
        byte[] buffer = new byte[64 * 1024];
        for (int read = file.Read(buffer); read > 0; read = file.Read(buffer))
        {
            bytes.Write(buffer, 0, read);
            if (bytes.Length > LargestBytes)
            {
                reason = $"it is larger than {LargestBytes / 1024 / 1024} MiB";
                return false;
            }
        }
        ReadOnlySpan<byte> content = bytes.GetBuffer().AsSpan(0, (int)bytes.Length);
        if (content.Contains((byte)0))
        {
            reason = "it is not a text";
            return false;
        }
        text = Encoding.UTF8.GetString(content);
        return true;
    }
}
