// The other end of a veth pair as a host with offloads: a packet socket that passes a virtio header with each frame,
// apart from the code under test.

using System.Runtime.InteropServices;
using PacketSwitch.PacketIo;

namespace PacketSwitch.Tests.PacketIo;

internal sealed unsafe partial class OffloadPeer : IDisposable
{
    private const int HeaderBytes = 10;
    private const int MacBytes = 12;
    private readonly int _socket;

    /// <summary>To be made on the thread of the namespace.</summary>
    public OffloadPeer(string interfaceName)
    {
        _socket = LibC.socket(LibC.AddressFamilyPacket, LibC.SocketRaw | LibC.CloseOnExec, 0);
        int on = 1;
        _ = LibC.setsockopt(_socket, PacketSocket.Level, PacketSocket.VirtioHeader, &on, sizeof(int));
        _ = LibC.setsockopt(_socket, PacketSocket.Level, PacketSocket.IgnoreOutgoing, &on, sizeof(int));
        int room = 16 << 20;
        _ = LibC.setsockopt(
            _socket, LibC.SocketLevel, LibC.ReceiveBufferForce, &room, sizeof(int));
        using var probe = new InterfaceProbe();
        probe.TryRead(interfaceName, out InterfaceState state);
        var address = new PacketAddress
        {
            Family = LibC.AddressFamilyPacket,
            Protocol = PacketSocket.AllProtocols,
            InterfaceIndex = state.Index,
        };
        if (LibC.bind(_socket, &address, (uint)sizeof(PacketAddress)) != 0)
        {
            throw new InvalidOperationException(Marshal.GetLastPInvokeErrorMessage());
        }
    }

    public void Send(VirtioHeader header, ReadOnlySpan<byte> frame)
    {
        byte[] whole = new byte[HeaderBytes + frame.Length];
        MemoryMarshal.Write(whole, header);
        frame.CopyTo(whole.AsSpan(HeaderBytes));
        fixed (byte* bytes = whole)
        {
            if (send(_socket, bytes, (nuint)whole.Length, 0) != whole.Length)
            {
                throw new InvalidOperationException(
                    "send: " + Marshal.GetLastPInvokeErrorMessage());
            }
        }
    }

    /// <summary>Takes the next frame of a test off the wire, waiting for it at most the time
    /// given.</summary>
    public bool TryReceive(int timeoutMs, out VirtioHeader header, out byte[] frame)
    {
        byte[] buffer = new byte[70_000];
        long deadline = Environment.TickCount64 + timeoutMs;
        while (Environment.TickCount64 < deadline)
        {
            nint length;
            fixed (byte* bytes = buffer)
            {
                length = recv(_socket, bytes, (nuint)buffer.Length, LibC.DoNotWait);
            }
            if (length > HeaderBytes + MacBytes && buffer[HeaderBytes] == 2)
            {
                header = MemoryMarshal.Read<VirtioHeader>(buffer);
                frame = buffer[HeaderBytes..(int)length];
                return true;
            }
            if (length <= 0) Thread.Yield();
        }
        header = default;
        frame = [];
        return false;
    }

    public void Dispose() => _ = LibC.close(_socket);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint send(int socket, void* bytes, nuint length, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint recv(int socket, void* bytes, nuint length, int flags);
}
