// Finds libpcap once, under the names and in the order SharpPcap uses, so that both call the same
// library. Asked before anything of SharpPcap is touched: a machine without libpcap gets one line,
// not a type initializer's exception.

using System.Reflection;
using System.Runtime.InteropServices;

namespace PacketSwitch.PacketIo;

/// <summary>Whether libpcap is there, and its handle.</summary>
internal static class LibPcapLibrary
{
    /// <summary>The name that the imports of this assembly use.</summary>
    public const string Name = "pcap";

    private static readonly string[] FileNames =
        ["libpcap.so", "libpcap.so.0", "libpcap.so.0.8", "libpcap.so.1"];

    private static readonly nint Handle = Load();

    /// <summary>True when libpcap could be loaded; else the problem names the package.</summary>
    public static bool IsAvailable(out PortProblem? problem)
    {
        problem = Handle != 0 ? null : new PortProblem(
            "libpcap is not installed; on Debian and Ubuntu: sudo apt-get install libpcap0.8",
            PortProblem.Unavailable);
        return problem is null;
    }

    private static nint Load()
    {
        nint handle = 0;
        foreach (string name in FileNames)
        {
            if (NativeLibrary.TryLoad(name, out handle)) break;
        }
        NativeLibrary.SetDllImportResolver(typeof(LibPcapLibrary).Assembly, Resolve);
        return handle;
    }

    private static nint Resolve(string library, Assembly assembly, DllImportSearchPath? path) =>
        library == Name ? Handle : 0;
}
