// Runs a tool of the system to its end: `ip` with a batch of lines, or any program in a host's
// namespace. Used by the network and by the scenarios for what shall be started and judged at once.
using System.Diagnostics;

namespace PacketSwitch.Lab.Stage;

internal static class Tool
{
    private static readonly TimeSpan IpTimeout = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Runs lines of `ip`, all in one process, in the lab's own namespace or in a named one.
    /// </summary>
    public static void Ip(string lines, string inNamespace = "")
    {
        string[] words = inNamespace == "" ? ["-batch", "-"] : ["-n", inNamespace, "-batch", "-"];
        var start = new ProcessStartInfo("ip", words)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Start(start);
        process.StandardInput.Write(lines);
        process.StandardInput.Close();
        var errors = process.StandardError.ReadToEnd();
        if (!process.WaitForExit(IpTimeout))
            throw new LabException("ip did not end: the kernel does not answer");
        if (process.ExitCode == 0) return;
        var where = inNamespace == "" ? "" : $" in {inNamespace}";
        var permitted = !errors.Contains("not permitted", StringComparison.Ordinal);
        throw new LabException(
            $"cannot wire the lab{where}: {errors.ReplaceLineEndings(" ").Trim()}",
            permitted ? 1 : 5);
    }

    public static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)
                ?? throw new LabException($"{start.FileName} did not start");
        }
        catch (System.ComponentModel.Win32Exception exception)
        {
            throw new LabException(
                $"cannot start {start.FileName}: {exception.Message}. Run tools/setup.sh",
                exitCode: 5);
        }
    }
}
