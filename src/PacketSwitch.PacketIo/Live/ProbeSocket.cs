// A packet socket that is opened only to learn something from the kernel. Closing one takes the
// kernel 10 to 20 ms (it waits until nobody can still hand it a frame), so that is done on another
// thread: a start should not wait for it. Used by RingBackend and RawSocketPermission.

namespace PacketSwitch.PacketIo;

/// <summary>A packet socket that is bound to nothing.</summary>
internal static class ProbeSocket
{
    /// <summary>Opens one; negative when it is refused, for the reason in the last P/Invoke
    /// error.</summary>
    public static int Open() =>
        LibC.socket(LibC.AddressFamilyPacket, LibC.SocketRaw | LibC.CloseOnExec, 0);

    /// <summary>Has it closed soon.</summary>
    public static void Close(int descriptor) => ThreadPool.UnsafeQueueUserWorkItem(
        static descriptor => _ = LibC.close(descriptor), descriptor, preferLocal: false);
}
