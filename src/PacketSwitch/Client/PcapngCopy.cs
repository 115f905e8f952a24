// Copies an annotated capture from the switch, block by block, so that a file is whole whenever it
// ends, and counts what is in it. Used by the capture command.

using System.Buffers.Binary;

namespace PacketSwitch.Client;

/// <summary>Blocks of a pcapng stream of ours, which are little-endian.</summary>
internal sealed class PcapngCopy(Stream from, Stream to)
{
    private const uint Statistics = 5, Packet = 6;
    private const int Header = 8, MostBlockBytes = 1 << 20;
    private const int OptionComment = 1, OptionFlags = 2, OptionMissing = 5, OptionPacketId = 5;

    private readonly Dictionary<uint, long> _missing = [];
    private byte[] _block = new byte[1 << 16];
    private int _length;

    public long Inbound { get; private set; }
    public long Outbound { get; private set; }
    public long Copies { get; private set; }
    public long Comments { get; private set; }

    /// <summary>Frames that were wanted and are not in the capture, as it says itself.</summary>
    public long Missing => _missing.Values.Sum();

    /// <summary>Reads the next block; false at the end.</summary>
    public bool TryRead()
    {
        _length = 0;
        if (from.ReadAtLeast(_block.AsSpan(0, Header), Header, throwOnEndOfStream: false) < Header)
            return false;
        int length = BinaryPrimitives.ReadInt32LittleEndian(_block.AsSpan(4));
        if (length is < 12 or > MostBlockBytes)
            throw new ClientProblem(1, "the switch sent what is no capture");
        if (length > _block.Length)
            Array.Resize(ref _block, length);
        int rest = length - Header;
        if (from.ReadAtLeast(_block.AsSpan(Header, rest), rest, throwOnEndOfStream: false) < rest)
            return false;
        _length = length;
        return true;
    }

    /// <summary>Passes the block on that was read; whoever watches the other end sees it at
    /// once.</summary>
    public void Write()
    {
        to.Write(_block, 0, _length);
        to.Flush();
        uint type = BinaryPrimitives.ReadUInt32LittleEndian(_block);
        Count(type, _block.AsSpan(Header, _length - Header - 4));
    }

    private void Count(uint type, ReadOnlySpan<byte> body)
    {
        if (type == Statistics)
        {
            uint port = BinaryPrimitives.ReadUInt32LittleEndian(body);
            foreach ((int code, int at) in Options(body, 12))
            {
                if (code == OptionMissing)
                    _missing[port] = BinaryPrimitives.ReadInt64LittleEndian(body[at..]);
            }
        }
        else if (type == Packet)
        {
            CountPacket(body);
        }
    }

    private void CountPacket(ReadOnlySpan<byte> body)
    {
        int bytes = BinaryPrimitives.ReadInt32LittleEndian(body[12..]);
        bool isInbound = false;
        bool hasId = false;
        foreach ((int code, int at) in Options(body, 20 + ((bytes + 3) & ~3)))
        {
            Comments += code == OptionComment ? 1 : 0;
            isInbound |= code == OptionFlags && (body[at] & 3) == 1;
            hasId |= code == OptionPacketId;
        }
        _ = isInbound ? Inbound++ : Outbound++;
        Copies += hasId && !isInbound ? 1 : 0;
    }

    private static List<(int Code, int At)> Options(ReadOnlySpan<byte> body, int at)
    {
        var options = new List<(int, int)>();
        while (at + 4 <= body.Length)
        {
            int code = BinaryPrimitives.ReadUInt16LittleEndian(body[at..]);
            int length = BinaryPrimitives.ReadUInt16LittleEndian(body[(at + 2)..]);
            if (code == 0 || at + 4 + length > body.Length)
                break;
            options.Add((code, at + 4));
            at += 4 + ((length + 3) & ~3);
        }
        return options;
    }
}
