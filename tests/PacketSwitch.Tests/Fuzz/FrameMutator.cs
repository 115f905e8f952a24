// Spoils frames, mostly in their headers, and often makes the checksums right again so that the damage gets past the first check. Used by
// SwitchFuzzTests; the same Random gives the same frames.

using System.Buffers.Binary;
using PacketSwitch.Wire;

namespace PacketSwitch.Tests.Fuzz;

internal static class FrameMutator
{
    private const int HeaderBytes = 80;
    private const int MostMutations = 3;
    private const int MostAppended = 64;
    private static readonly ushort[] Values = [0, 1, 4, 8, 20, 40, 60, 255, 1500, 0x0800, 0x0806, 0x7fff, 0x8100, 0x86dd, 0xffff];

    public static byte[] Mutate(Random random, byte[] frame, byte[] other)
    {
        byte[] result = [.. frame];
        for (int i = random.Next(1, MostMutations + 1); i > 0 && result.Length > 0; i--)
        {
            result = MutateOnce(random, result, other);
        }
        if (random.Next(10) < 6)
        {
            Repair(result);
        }
        return result;
    }

    /// <summary>The same good frame from (or to) another port of the client, so that there are many sessions.</summary>
    public static byte[] OfAnotherClient(Random random, byte[] frame, bool fromClient)
    {
        const int Ports = 16;
        byte[] result = [.. frame];
        int transport = frame[12] == 0x86 ? 54 : 34;
        bool plain = frame[12..14] is [0x08, 0x00] or [0x86, 0xdd] && FrameChecksums.TryCompleteTransport(result);
        if (plain && frame.Length >= transport + 4)
        {
            result[transport + (fromClient ? 1 : 3)] += (byte)random.Next(Ports);
            FrameChecksums.TryCompleteTransport(result);
        }
        return result;
    }

    private static byte[] MutateOnce(Random random, byte[] frame, byte[] other)
    {
        int at = random.Next(random.Next(5) == 0 ? frame.Length : Math.Min(frame.Length, HeaderBytes));
        switch (random.Next(8))
        {
            case 0:
                frame[at] ^= (byte)(1 << random.Next(8));
                return frame;
            case 1:
                random.NextBytes(frame.AsSpan(at, Math.Min(random.Next(1, 5), frame.Length - at)));
                return frame;
            case 2:
                return WithWord(frame, at, Values[random.Next(Values.Length)]);
            case 3:
                return frame[..at];
            case 4:
                byte[] tail = new byte[random.Next(1, MostAppended)];
                random.NextBytes(tail);
                return [.. frame, .. tail];
            case 5:
                return [.. frame[..at], .. frame[Math.Min(frame.Length, at + random.Next(1, 9))..]];
            case 6:
                return [.. frame[..at], .. other[Math.Min(at, other.Length)..]];
            default:
                // Whole fields of another frame: its addresses or its ports in this one's place.
                int length = Math.Min(random.Next(1, 17), Math.Min(frame.Length, other.Length) - at);
                if (length > 0)
                {
                    other.AsSpan(at, length).CopyTo(frame.AsSpan(at));
                }
                return frame;
        }
    }

    private static byte[] WithWord(byte[] frame, int at, ushort value)
    {
        if (at + 2 <= frame.Length)
        {
            BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(at), value);
        }
        return frame;
    }

    private static void Repair(byte[] frame)
    {
        if (!EthernetView.TryWrap(frame, out EthernetView ethernet))
        {
            return;
        }
        if (ethernet.EtherType == EtherTypes.Ipv4 && Ipv4View.TryWrap(ethernet.Payload, out Ipv4View ip))
        {
            ip.CompleteHeaderChecksum();
            if (ip is { Protocol: IpProtocol.Icmp, IsFragment: false } && IcmpView.TryWrap(ip.Payload, out IcmpView icmp))
            {
                icmp.Checksum = 0;
                icmp.Checksum = InternetChecksum.Compute(ip.Payload);
            }
        }
        FrameChecksums.TryCompleteTransport(frame);
    }
}
