// A network namespace of its own for one test, entered by one thread. Whatever must see it (ip,
// sockets, opening a port) runs on that thread. The kernel deletes it with all its interfaces when
// the thread and the sockets made on it are gone, also when the test process is killed.

using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using Xunit;

namespace PacketSwitch.Tests.PacketIo;

internal sealed partial class NetworkNamespace : IDisposable
{
    private const int CloneNewNet = 0x40000000;

    private readonly BlockingCollection<Action> _work = [];
    private readonly Thread _thread;

    private NetworkNamespace()
    {
        _thread = new Thread(Serve) { Name = "network namespace", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Makes a namespace, or skips the test where the process may not.</summary>
    public static NetworkNamespace CreateOrSkip()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "needs Linux");
        var made = new NetworkNamespace();
        string? why = made.Run(
            () => unshare(CloneNewNet) == 0 ? null : Marshal.GetLastPInvokeErrorMessage());
        if (why is not null) made.Dispose();
        Skip.If(why is not null, "needs root to make a network namespace: " + why);
        try
        {
            made.Run(() => File.WriteAllText("/proc/sys/net/ipv6/conf/default/disable_ipv6", "1"));
        }
        catch (IOException)
        {
            // Without IPv6 in the kernel there is nothing to silence.
        }
        return made;
    }

    /// <summary>Makes a veth pair and sets both ends up.</summary>
    public void AddPair(string first, string second)
    {
        Ip($"link add {first} type veth peer name {second}");
        Ip($"link set {first} up");
        Ip($"link set {second} up");
    }

    /// <summary>Runs <c>ip</c> in the namespace.</summary>
    public void Ip(string arguments)
    {
        string? error = RunIp(arguments);
        if (error is not null) throw new InvalidOperationException($"ip {arguments}: {error}");
    }

    /// <summary>Runs <c>ip</c> in the namespace; false when it fails.</summary>
    public bool TryIp(string arguments) => RunIp(arguments) is null;

    private string? RunIp(string arguments) => Run(() =>
    {
        using Process process = Process.Start(new ProcessStartInfo("ip", arguments)
        {
            RedirectStandardError = true,
        })!;
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? null : error;
    });

    public void Run(Action action) => Run<object?>(() =>
    {
        action();
        return null;
    });

    public T Run<T>(Func<T> function)
    {
        T result = default!;
        ExceptionDispatchInfo? thrown = null;
        using var done = new ManualResetEventSlim();
        _work.Add(() =>
        {
            try
            {
                result = function();
            }
            catch (Exception error)
            {
                thrown = ExceptionDispatchInfo.Capture(error);
            }
            done.Set();
        });
        done.Wait();
        thrown?.Throw();
        return result;
    }

    public void Dispose()
    {
        _work.CompleteAdding();
        _thread.Join();
        _work.Dispose();
    }

    private void Serve()
    {
        foreach (Action action in _work.GetConsumingEnumerable()) action();
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int unshare(int flags);
}
