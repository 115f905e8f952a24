// script: a program of the operator decides, by its exit code. It is started directly, without a shell, with the server's address and port as
// arguments and nothing to read; it is ended when its time is up. What it prints is not kept.

using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace PacketSwitch.Control.Health;

internal static class ScriptCheck
{
    public static async Task<CheckAnswer> RunAsync(CheckTarget target, CancellationToken timeout)
    {
        string[] words = target.Content.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words.Length == 0 || !Path.IsPathFullyQualified(words[0]))
        {
            return new CheckAnswer(HealthStatus.PROCERR, "content is not the full path of a program");
        }
        var start = new ProcessStartInfo(words[0])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string word in words.Skip(1))
        {
            start.ArgumentList.Add(word);
        }
        start.ArgumentList.Add(target.EndPoint.Address.ToString());
        start.ArgumentList.Add(target.EndPoint.Port.ToString(CultureInfo.InvariantCulture));
        try
        {
            using Process process = Process.Start(start)!;
            process.StandardInput.Close();
            process.OutputDataReceived += (_, _) => { };
            process.ErrorDataReceived += (_, _) => { };
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
            return await AwaitAsync(process, timeout).ConfigureAwait(false);
        }
        catch (Exception e) when (e is Win32Exception or InvalidOperationException or IOException)
        {
            return new CheckAnswer(HealthStatus.PROCERR, $"cannot be started: {e.Message}");
        }
    }

    private static async Task<CheckAnswer> AwaitAsync(Process process, CancellationToken timeout)
    {
        try
        {
            await process.WaitForExitAsync(timeout).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            return new CheckAnswer(HealthStatus.PROCTOUT, "ended by the switch");
        }
        return process.ExitCode == 0
            ? new CheckAnswer(HealthStatus.PROCOK) : new CheckAnswer(HealthStatus.PROCERR, $"exit {process.ExitCode}");
    }
}
