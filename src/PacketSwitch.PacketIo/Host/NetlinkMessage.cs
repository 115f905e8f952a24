// One rtnetlink request while it is written: header, a fixed part, attributes (rtnetlink(7)). Used by HostNetlink; host byte order but for
// addresses.

using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using PacketSwitch.Wire;

namespace PacketSwitch.PacketIo;

/// <summary>A message of at most 512 bytes.</summary>
internal ref struct NetlinkMessage
{
    public const int MostBytes = 512;
    private const int HeaderBytes = 16, Alignment = 4, AttributeHeaderBytes = 4;

    private readonly Span<byte> _bytes;
    private int _length;

    /// <summary>Begins a message in a cleared buffer.</summary>
    public NetlinkMessage(Span<byte> bytes, ushort type, ushort flags, scoped ReadOnlySpan<byte> fixedPart)
    {
        _bytes = bytes;
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[4..], type);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[6..], flags);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[8..], 1);
        _length = HeaderBytes;
        Append(fixedPart);
    }

    /// <summary>The finished message.</summary>
    public readonly Span<byte> Finish()
    {
        BinaryPrimitives.WriteInt32LittleEndian(_bytes, _length);
        return _bytes[.._length];
    }

    public void Add(ushort kind, uint value)
        => Add(kind, MemoryMarshal.AsBytes(new ReadOnlySpan<uint>(in value)));

    public void Add(ushort kind, string text) => Add(kind, Encoding.ASCII.GetBytes(text + "\0"));

    public void Add(ushort kind, IpAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        if (address.IsV6)
        {
            address.V6.Write(bytes);
        }
        else
        {
            address.V4.Write(bytes);
        }
        Add(kind, bytes[..(address.Bits / 8)]);
    }

    public void Add(ushort kind, MacAddress mac)
    {
        Span<byte> bytes = stackalloc byte[MacAddress.Length];
        mac.Write(bytes);
        Add(kind, bytes);
    }

    public void Add(ushort kind, scoped ReadOnlySpan<byte> value)
    {
        int at = Open(kind);
        Append(value);
        Close(at);
    }

    /// <summary>Begins an attribute that holds others; returns what <see cref="Close"/> wants.</summary>
    public int Open(ushort kind)
    {
        int at = _length;
        BinaryPrimitives.WriteUInt16LittleEndian(_bytes[(at + 2)..], kind);
        _length += AttributeHeaderBytes;
        return at;
    }

    public void Close(int at) => BinaryPrimitives.WriteUInt16LittleEndian(_bytes[at..], LengthSince(at));

    public void Append(scoped ReadOnlySpan<byte> value)
    {
        value.CopyTo(_bytes[_length..]);
        _lastPadding = (Alignment - (value.Length % Alignment)) % Alignment;
        _length += value.Length + _lastPadding;
    }

    private int _lastPadding;

    // Without the padding of a simple value; that of a nested one is part of it.
    private readonly ushort LengthSince(int at) => (ushort)(_length - at - _lastPadding);
}
