// Gives the switch the CPU before the lab's other programs, as a service unit does: on a machine with fewer cores than busy programs the
// figures would else be those of the kernel's scheduler. Where it is not permitted nothing changes. Used by FailoverScenario.
using System.Globalization;
using System.Runtime.InteropServices;

namespace PacketSwitch.Lab.Stage;

internal static partial class Priority
{
    private const int OfProcess = 0, Preferred = -15;

    /// <summary>Prefers every thread of the process; false when that is not permitted.</summary>
    public static bool TryPrefer(int process)
    {
        var all = true;
        foreach (var thread in Directory.GetDirectories($"/proc/{process}/task"))
        {
            var id = int.Parse(Path.GetFileName(thread), CultureInfo.InvariantCulture);
            all &= SetPriority(OfProcess, id, Preferred) == 0;
        }
        return all;
    }

    [LibraryImport("libc", EntryPoint = "setpriority", SetLastError = true)]
    private static partial int SetPriority(int kind, int id, int value);
}
