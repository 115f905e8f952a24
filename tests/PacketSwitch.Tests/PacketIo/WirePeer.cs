// The other end of a veth pair: a plain packet socket that puts frames on the wire and takes off
// what arrives, apart from the code under test.

using System.Runtime.InteropServices;
using PacketSwitch.PacketIo;

namespace PacketSwitch.Tests.PacketIo;

internal sealed unsafe partial class WirePeer : IDisposable
{
    private const ushort AllProtocolsNetworkOrder = 0x0300;
    private const int SocketLevel = 1;
    private const int ReceiveBufferForce = 33;
    private readonly int _socket;

    /// <summary>To be made on the thread of the namespace.</summary>
    public WirePeer(string interfaceName)
    {
        _socket = LibC.socket(
            LibC.AddressFamilyPacket, LibC.SocketRaw | LibC.CloseOnExec, AllProtocolsNetworkOrder);
        using var probe = new InterfaceProbe();
        if (!probe.TryRead(interfaceName, out InterfaceState state))
        {
            throw new InvalidOperationException("no interface " + interfaceName);
        }
        byte* address = stackalloc byte[20];
        new Span<byte>(address, 20).Clear();
        *(ushort*)address = LibC.AddressFamilyPacket;
        *(ushort*)(address + 2) = AllProtocolsNetworkOrder;
        *(int*)(address + 4) = state.Index;
        if (bind(_socket, address, 20) != 0)
        {
            throw new InvalidOperationException(Marshal.GetLastPInvokeErrorMessage());
        }
        int on = 1;
        _ = LibC.setsockopt(_socket, PacketSocket.Level, PacketSocket.IgnoreOutgoing, &on, sizeof(int));
        int room = 16 << 20;
        _ = LibC.setsockopt(_socket, SocketLevel, ReceiveBufferForce, &room, sizeof(int));
    }

    public void Send(ReadOnlySpan<byte> frame)
    {
        fixed (byte* bytes = frame)
        {
            nint sent = send(_socket, bytes, (nuint)frame.Length, 0);
            if (sent != frame.Length)
            {
                throw new InvalidOperationException(
                    "send: " + Marshal.GetLastPInvokeErrorMessage());
            }
        }
    }

    /// <summary>Takes the next test frame off the wire, waiting for it at most the time
    /// given.</summary>
    public bool TryReceive(int timeoutMs, out byte[] frame)
    {
        byte[] buffer = new byte[70_000];
        long deadline = Environment.TickCount64 + timeoutMs;
        while (true)
        {
            nint length;
            fixed (byte* bytes = buffer) length = recv(
                _socket, bytes, (nuint)buffer.Length, LibC.DoNotWait);
            if (length > 0 && TestFrames.IsOurs(buffer.AsSpan(0, (int)length)))
            {
                frame = buffer[..(int)length];
                return true;
            }
            if (length > 0) continue;
            int left = (int)(deadline - Environment.TickCount64);
            var entry = new PollEntry { Descriptor = _socket, Events = LibC.PollIn };
            if (left > 0 && LibC.poll(&entry, 1, left) > 0) continue;
            if (left > 0) continue;
            frame = [];
            return false;
        }
    }

    public void Dispose() => _ = LibC.close(_socket);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int bind(int socket, void* address, uint length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint send(int socket, void* bytes, nuint length, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint recv(int socket, void* bytes, nuint length, int flags);
}
