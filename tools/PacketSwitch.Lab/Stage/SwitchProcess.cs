// The switch as a process: its number, the memory it holds and the processor time it has used,
// read from /proc, where the lab's own process namespace shows only the lab's programs. Used by
// FloodScenario.
using System.Diagnostics;
using System.Globalization;

namespace PacketSwitch.Lab.Stage;

internal static class SwitchProcess
{
    /// <summary>The switch's resident memory in megabytes.</summary>
    public static int ReadMegabytes()
    {
        var line = File.ReadLines($"/proc/{FindProcess()}/status")
            .First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
        var words = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return int.Parse(words[1], CultureInfo.InvariantCulture) >> 10;
    }

    /// <summary>Processor time used since the start, in the kernel for it included.</summary>
    public static TimeSpan ReadBusy()
    {
        using var process = Process.GetProcessById(FindProcess());
        return process.TotalProcessorTime;
    }

    public static int FindProcess()
    {
        foreach (var folder in Directory.GetDirectories("/proc"))
        {
            if (!char.IsAsciiDigit(Path.GetFileName(folder)[0])) continue;
            try
            {
                if (File.ReadAllText($"{folder}/cmdline").Contains("packetswitch.dll\0run", StringComparison.Ordinal))
                    return int.Parse(Path.GetFileName(folder), CultureInfo.InvariantCulture);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // It ended meanwhile.
            }
        }
        throw new LabException("the switch does not run");
    }
}
