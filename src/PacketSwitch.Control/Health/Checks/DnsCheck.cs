// dns: a question over UDP (RFC 1035). `content` is the name to ask for (address record), else the root's name servers. An answer, also
// "no such name", is well; "cannot" and "refused" are not.

using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;

namespace PacketSwitch.Control.Health;

internal static class DnsCheck
{
    private const int HeaderBytes = 12, TypeA = 1, TypeNs = 2, ClassIn = 1;

    public static async Task<CheckAnswer> RunAsync(CheckTarget target, CancellationToken timeout)
    {
        using Socket socket = CheckSocket.Open(target, SocketType.Dgram, ProtocolType.Udp);
        ushort id = (ushort)Random.Shared.Next();
        byte[] answer = new byte[512];
        try
        {
            await socket.ConnectAsync(target.EndPoint, timeout).ConfigureAwait(false);
            await socket.SendAsync(Question(id, target.Content), timeout).ConfigureAwait(false);
            while (true)
            {
                int length = await socket.ReceiveAsync(answer, timeout).ConfigureAwait(false);
                if (Judge(answer.AsSpan(0, length), id) is { } judged)
                {
                    return judged;
                }
            }
        }
        catch (OperationCanceledException)
        {
            return new CheckAnswer(HealthStatus.L7TOUT);
        }
        catch (SocketException e)
        {
            return new CheckAnswer(HealthStatus.L4CON, CheckSocket.Describe(e));
        }
    }

    /// <summary>What an answer says of the server's health; null: it belongs to another question.</summary>
    internal static CheckAnswer? Judge(ReadOnlySpan<byte> answer, ushort id)
    {
        if (answer.Length < HeaderBytes || BinaryPrimitives.ReadUInt16BigEndian(answer) != id)
        {
            return answer.Length < HeaderBytes ? new CheckAnswer(HealthStatus.L7RSP, "no DNS answer") : null;
        }
        int code = answer[3] & 0xf;
        bool isAnswer = (answer[2] & 0x80) != 0;
        return !isAnswer ? new CheckAnswer(HealthStatus.L7RSP, "no DNS answer")
            : code is 0 or 3 ? new CheckAnswer(HealthStatus.L7OK, code == 0 ? "" : "no such name")
            : new CheckAnswer(HealthStatus.L7STS, $"code {code}");
    }

    internal static byte[] Question(ushort id, string name)
    {
        string[] labels = name is "/" or "" ? [] : name.TrimEnd('.').Split('.');
        var question = new List<byte> { (byte)(id >> 8), (byte)id, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0 };
        foreach (string label in labels)
        {
            byte[] text = Encoding.ASCII.GetBytes(label.Length > 63 ? label[..63] : label);
            question.Add((byte)text.Length);
            question.AddRange(text);
        }
        question.AddRange([0, 0, labels.Length == 0 ? (byte)TypeNs : (byte)TypeA, 0, ClassIn]);
        return [.. question];
    }
}
