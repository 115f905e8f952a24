// What LiveInterface needs to know of a way to open interfaces: SharpPcap, or the kernel's packet ring. Everything
// else about an interface that comes and goes is the same for both.

namespace PacketSwitch.PacketIo;

/// <summary>A kind of live port, as LiveInterface sees it.</summary>
internal abstract class PortBackend
{
    public const string NotEthernet = "it is not an Ethernet interface";

    /// <summary>Whether the port takes frames that the kernel has glued together (GRO) with their
    /// metadata; LRO tells too little and is turned off in any case.</summary>
    public abstract bool KeepsGro { get; }

    /// <summary>Null when the backend can be used on this machine.</summary>
    public abstract PortProblem? Check();

    /// <summary>Opens an interface that is up.</summary>
    /// <param name="options">What was asked for.</param>
    /// <param name="state">The interface.</param>
    /// <param name="mayBeGlued">Whether frames longer than the MTU may come.</param>
    /// <param name="why">One line when it cannot be opened.</param>
    public abstract PortHandle? Open(
        LivePortOptions options, in InterfaceState state, bool mayBeGlued, out string? why);

    /// <summary>Whether the handle would cut frames of the interface as it is now.</summary>
    public abstract bool IsOutgrown(
        PortHandle handle, LivePortOptions options, in InterfaceState state);
}
