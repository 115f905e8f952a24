// Runs a piece of the lab's own code inside a named network namespace: on a thread of its own,
// because a namespace belongs to a thread and the runtime's threads are shared.
using System.Runtime.InteropServices;

namespace PacketSwitch.Lab.Stage;

internal static partial class NetworkNamespace
{
    private const int CloneNewNet = 0x40000000;

    public static void Run(string name, Action action)
    {
        Exception? thrown = null;
        var thread = new Thread(() =>
        {
            try
            {
                Enter(name);
                action();
            }
            catch (Exception exception) when (
                exception is LabException or IOException or UnauthorizedAccessException)
            {
                thrown = exception;
            }
        });
        thread.Start();
        thread.Join();
        if (thrown is not null) throw new LabException($"in namespace {name}: {thrown.Message}");
    }

    private static void Enter(string name)
    {
        using var file = File.OpenHandle($"/run/netns/{name}");
        if (SetNamespace((int)file.DangerousGetHandle(), CloneNewNet) == 0) return;
        throw new LabException(Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError()));
    }

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static partial int SetNamespace(int descriptor, int kind);
}
