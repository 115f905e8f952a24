// Bytes that a receiver can check without the sender: each depends on its place, with a period
// (65,521, a prime) that no frame length divides, so that a lost, doubled or exchanged segment
// shows. Used by both ends of a transfer.
using System.Net.Sockets;

namespace PacketSwitch.Lab.Programs;

internal static class TestPattern
{
    private const int Period = 65521;
    private static readonly byte[] Bytes = Make();

    /// <summary>The first bytes of the pattern.</summary>
    public static byte[] Take(int length)
    {
        var bytes = new byte[length];
        for (var i = 0; i < length; i++) bytes[i] = Bytes[i % Period];
        return bytes;
    }

    public static async Task SendAsync(Socket connection, int length)
    {
        for (var sent = 0; sent < length;)
        {
            var start = sent % Period;
            var count = Math.Min(Period - start, length - sent);
            sent += await connection.SendAsync(Bytes.AsMemory(start, count));
        }
    }

    /// <summary>
    /// Receives <paramref name="length"/> bytes of the pattern, of which <paramref name="first"/>
    /// are there already, and returns how many came in a row and right: <paramref name="length"/>
    /// when all did.
    /// </summary>
    public static async Task<int> ReceiveAsync(
        Socket connection, int length, ReadOnlyMemory<byte> first)
    {
        var right = CountRight(first.Span, 0);
        if (right < first.Length) return right;
        var buffer = new byte[1 << 18];
        while (right < length)
        {
            var received = await connection.ReceiveAsync(buffer);
            if (received == 0) break;
            var good = CountRight(buffer.AsSpan(0, received), right);
            right += good;
            if (good < received) break;
        }
        return right;
    }

    private static int CountRight(ReadOnlySpan<byte> bytes, int place)
    {
        var right = 0;
        while (right < bytes.Length)
        {
            var expected = Bytes.AsSpan((place + right) % Period);
            var count = Math.Min(expected.Length, bytes.Length - right);
            var same = bytes.Slice(right, count).CommonPrefixLength(expected);
            right += same;
            if (same < count) break;
        }
        return right;
    }

    private static byte[] Make()
    {
        var bytes = new byte[Period];
        for (var i = 0; i < bytes.Length; i++) bytes[i] = (byte)((i * 2654435761L) >> 16);
        return bytes;
    }
}
