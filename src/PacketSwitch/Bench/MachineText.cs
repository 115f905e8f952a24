// Names the machine a figure was measured on: without it the figure means little. Used by BenchCommand and by bench/.

using System.Runtime.InteropServices;

namespace PacketSwitch.Bench;

/// <summary>Processor, number of processors, kernel and runtime.</summary>
public static class MachineText
{
    private const string ProcessorList = "/proc/cpuinfo";

    /// <summary>One line.</summary>
    public static string Describe()
        => $"{Processor()}, {Environment.ProcessorCount} CPUs, {RuntimeInformation.OSDescription}, "
            + RuntimeInformation.FrameworkDescription;

    private static string Processor()
    {
        try
        {
            foreach (string line in File.ReadLines(ProcessorList))
            {
                if (line.StartsWith("model name", StringComparison.Ordinal))
                {
                    return line[(line.IndexOf(':') + 1)..].Trim();
                }
            }
        }
        catch (IOException)
        {
            // The architecture below says enough.
        }
        return RuntimeInformation.ProcessArchitecture.ToString();
    }
}
