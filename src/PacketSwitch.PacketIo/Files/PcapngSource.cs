// Frames of a pcapng file (draft-ietf-opsawg-pcapng): any number of sections and interfaces, either byte order; enhanced,
// simple and the obsolete packet blocks. Every length is checked against its block before it is used; all interfaces must
// be Ethernet. Made by CaptureFileReader.

using System.Buffers.Binary;
using PacketDotNet;

namespace PacketSwitch.PacketIo;

/// <summary>An open pcapng file.</summary>
internal sealed class PcapngSource : ICaptureSource
{
    /// <summary>The first four bytes of every pcapng file, the same in both byte orders.</summary>
    public const uint SectionHeader = 0x0a0d0d0a;

    private const uint InterfaceDescription = 1, ObsoletePacket = 2, SimplePacket = 3, EnhancedPacket = 6;
    private const uint ByteOrderMagic = 0x1a2b3c4d;
    private const int MostBlockBytes = 64 << 20;
    private const int MostInterfaces = 65_536;
    private const int HeaderBytes = 8, TrailerBytes = 4;
    private const int SectionBytes = 16, MajorVersion = 1;

    private readonly Stream _file;
    private readonly List<PcapngInterface> _interfaces = [];
    private byte[] _block = new byte[4096];
    private bool _isBigEndian;
    private long _position;
    private long _lastTimeNs;

    /// <summary>Takes an open file and disposes it with itself.</summary>
    public PcapngSource(Stream file) => _file = file;

    public string Error { get; private set; } = "";

    /// <summary>
    /// The link type that is not Ethernet, after <see cref="CaptureRead.Broken"/> for that reason.
    /// </summary>
    public LinkLayers? ForeignLinkType { get; private set; }

    public CaptureRead Read(out CaptureFrame frame)
    {
        frame = default;
        while (true)
        {
            CaptureRead read = ReadBlock(out uint type, out ReadOnlySpan<byte> body);
            if (read != CaptureRead.Frame)
            {
                return read;
            }
            switch (type)
            {
                case SectionHeader:
                    if (!IsReadable(body))
                    {
                        return CaptureRead.Broken;
                    }
                    _interfaces.Clear();
                    break;
                case InterfaceDescription:
                    if (!TryAddInterface(body))
                    {
                        return CaptureRead.Broken;
                    }
                    break;
                case EnhancedPacket or ObsoletePacket or SimplePacket:
                    return TryReadPacket(type, body, out frame) ? CaptureRead.Frame : CaptureRead.Broken;
            }
        }
    }

    public void Dispose() => _file.Dispose();

    internal static ushort U16(ReadOnlySpan<byte> bytes, bool isBigEndian)
        => isBigEndian ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : BinaryPrimitives.ReadUInt16LittleEndian(bytes);

    internal static uint U32(ReadOnlySpan<byte> bytes, bool isBigEndian)
        => isBigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);

    private uint Word(ReadOnlySpan<byte> bytes) => U32(bytes, _isBigEndian);

    // CaptureRead.Frame: a whole block, whose body is valid until the next one.
    private CaptureRead ReadBlock(out uint type, out ReadOnlySpan<byte> body)
    {
        type = 0;
        body = default;
        int head = _file.ReadAtLeast(_block.AsSpan(0, HeaderBytes), HeaderBytes, throwOnEndOfStream: false);
        if (head < HeaderBytes)
        {
            return head == 0 && _position > 0 ? CaptureRead.EndOfFile : CaptureRead.Truncated;
        }
        int read = HeaderBytes;
        if (Word(_block) == SectionHeader)
        {
            // The block that says in which order its own length is written.
            read += _file.ReadAtLeast(_block.AsSpan(read, 4), 4, throwOnEndOfStream: false);
            _isBigEndian = U32(_block.AsSpan(HeaderBytes), isBigEndian: true) == ByteOrderMagic;
            if (read == HeaderBytes + 4 && Word(_block.AsSpan(HeaderBytes)) != ByteOrderMagic)
            {
                return Broken("a section without its byte-order magic");
            }
        }
        type = Word(_block);
        uint length = Word(_block.AsSpan(4));
        if (length < HeaderBytes + TrailerBytes || length > MostBlockBytes || length < read)
        {
            return Broken($"a block of {length} bytes");
        }
        int padded = ((int)length + 3) & ~3;
        if (_block.Length < padded)
        {
            Array.Resize(ref _block, padded);
        }
        read += _file.ReadAtLeast(_block.AsSpan(read, padded - read), padded - read, throwOnEndOfStream: false);
        if (read < padded)
        {
            return CaptureRead.Truncated;
        }
        if (Word(_block.AsSpan(padded - TrailerBytes)) != length)
        {
            return Broken($"a block whose two lengths differ ({length} at its start)");
        }
        _position += padded;
        body = _block.AsSpan(HeaderBytes, (int)length - HeaderBytes - TrailerBytes);
        return CaptureRead.Frame;
    }

    // Another major version may mean anything; minor ones only add (section 4.1 of the draft).
    private bool IsReadable(ReadOnlySpan<byte> section)
    {
        if (section.Length < SectionBytes)
        {
            return IsBroken("a section header that is too short");
        }
        int major = U16(section[4..], _isBigEndian);
        return major == MajorVersion
            || IsBroken($"a section of pcapng version {major}.{U16(section[6..], _isBigEndian)}, "
                + $"and only {MajorVersion}.x is known");
    }

    private bool TryAddInterface(ReadOnlySpan<byte> body)
    {
        if (!PcapngInterface.TryRead(body, _isBigEndian, out PcapngInterface described)
            || _interfaces.Count == MostInterfaces)
        {
            Broken("an interface description that cannot be read");
            return false;
        }
        if (described.LinkType != LinkLayers.Ethernet)
        {
            ForeignLinkType = described.LinkType;
            Broken($"an interface of link type {described.LinkType} ({(int)described.LinkType}), not Ethernet");
            return false;
        }
        _interfaces.Add(described);
        return true;
    }

    private bool TryReadPacket(uint type, ReadOnlySpan<byte> body, out CaptureFrame frame)
    {
        frame = default;
        int headerBytes = type == SimplePacket ? 4 : 20;
        if (body.Length < headerBytes)
        {
            return IsBroken("a packet block that is too short");
        }
        uint interfaceId = type switch
        {
            SimplePacket => 0,
            ObsoletePacket => U16(body, _isBigEndian),
            _ => Word(body),
        };
        if (interfaceId >= _interfaces.Count)
        {
            return IsBroken($"a packet of interface {interfaceId}, which is not described");
        }
        PcapngInterface from = _interfaces[(int)interfaceId];
        ReadOnlySpan<byte> data = body[headerBytes..];
        uint wire = Word(body[(headerBytes - 4)..]);
        uint captured;
        if (type == SimplePacket)
        {
            // Such a block has no time and no captured length: the wire's, up to the snapshot length.
            captured = Math.Min(Math.Min(wire, from.SnapLength == 0 ? uint.MaxValue : from.SnapLength), (uint)data.Length);
        }
        else
        {
            captured = Word(body[12..]);
            _lastTimeNs = from.Nanoseconds(((ulong)Word(body[4..]) << 32) | Word(body[8..]));
        }
        if (captured > data.Length)
        {
            return IsBroken($"a packet of {captured} bytes in a block of {data.Length}");
        }
        frame = new CaptureFrame(0, _lastTimeNs, data[..(int)captured], (int)Math.Min(wire, int.MaxValue));
        return true;
    }

    private bool IsBroken(string what)
    {
        Broken(what);
        return false;
    }

    private CaptureRead Broken(string what)
    {
        Error = $"{what}, at byte {_position}";
        return CaptureRead.Broken;
    }
}
