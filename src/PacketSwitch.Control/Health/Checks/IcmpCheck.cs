// icmp: an echo request and its reply. By the kernel's ping socket where an ordinary user may, else by a raw one.

using System.Buffers.Binary;
using System.Net.Sockets;

namespace PacketSwitch.Control.Health;

internal static class IcmpCheck
{
    private const int EchoBytes = 16, Ipv4HeaderBytes = 20;
    private const byte Request4 = 8, Reply4 = 0, Request6 = 128, Reply6 = 129;

    private static int _number; // Written by: whoever begins a check (interlocked).

    public static async Task<CheckAnswer> RunAsync(CheckTarget target, CancellationToken timeout)
    {
        bool isV6 = target.EndPoint.AddressFamily == AddressFamily.InterNetworkV6;
        int number = Interlocked.Increment(ref _number);
        byte[] request = Request(isV6, number);
        byte[] answer = new byte[128];
        try
        {
            using Socket socket = Open(target, isV6);
            await socket.ConnectAsync(target.EndPoint, timeout).ConfigureAwait(false);
            await socket.SendAsync(request, timeout).ConfigureAwait(false);
            while (true)
            {
                int length = await socket.ReceiveAsync(answer, timeout).ConfigureAwait(false);
                if (IsReply(answer.AsSpan(0, length), isV6, number))
                {
                    return new CheckAnswer(HealthStatus.L3OK);
                }
            }
        }
        catch (OperationCanceledException)
        {
            return new CheckAnswer(HealthStatus.L3TOUT);
        }
        catch (SocketException e)
        {
            return new CheckAnswer(HealthStatus.L3CON, CheckSocket.Describe(e));
        }
    }

    // A connected raw socket gets the server's messages only, all of them: the number tells which are ours.
    private static Socket Open(CheckTarget target, bool isV6)
    {
        ProtocolType protocol = isV6 ? ProtocolType.IcmpV6 : ProtocolType.Icmp;
        try
        {
            return CheckSocket.Open(target, SocketType.Raw, protocol);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AccessDenied)
        {
            return CheckSocket.Open(target, SocketType.Dgram, protocol);
        }
    }

    private static byte[] Request(bool isV6, int number)
    {
        byte[] request = new byte[EchoBytes];
        request[0] = isV6 ? Request6 : Request4;
        BinaryPrimitives.WriteUInt16BigEndian(request.AsSpan(4), (ushort)Environment.ProcessId);
        BinaryPrimitives.WriteUInt16BigEndian(request.AsSpan(6), (ushort)number);
        BinaryPrimitives.WriteInt32BigEndian(request.AsSpan(8), number);
        if (!isV6)
        {
            // The kernel computes that of ICMPv6 (RFC 3542 section 3.1).
            ushort checksum = Wire.InternetChecksum.Finish(Wire.InternetChecksum.Sum(request));
            BinaryPrimitives.WriteUInt16BigEndian(request.AsSpan(2), checksum);
        }
        return request;
    }

    // A raw IPv4 socket shows the IP header too.
    internal static bool IsReply(ReadOnlySpan<byte> packet, bool isV6, int number)
    {
        if (!isV6 && packet.Length >= Ipv4HeaderBytes && packet[0] >> 4 == 4)
        {
            int header = (packet[0] & 0xf) * 4;
            packet = header <= packet.Length ? packet[header..] : default;
        }
        return packet.Length >= EchoBytes && packet[0] == (isV6 ? Reply6 : Reply4)
            && BinaryPrimitives.ReadInt32BigEndian(packet[8..]) == number;
    }
}
