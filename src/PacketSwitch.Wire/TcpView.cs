// The TCP header. Options are walked here and never by PacketDotNet, whose walk does not end on an
// option of length 0.

using System.Buffers.Binary;
using PacketDotNet;

namespace PacketSwitch.Wire;

/// <summary>A TCP segment (RFC 9293).</summary>
public readonly ref struct TcpView
{
    private const byte EndOfOptions = 0;
    private const byte NoOperation = 1;
    private const byte MaximumSegmentSizeOption = 2;
    private const byte WindowScaleOption = 3;

    /// <summary>The byte of the flags; the data offset stands in the one before.</summary>
    private static readonly int FlagsPosition = TcpFields.DataOffsetAndFlagsPosition + 1;

    private readonly Span<byte> _segment;

    private TcpView(Span<byte> segment, int headerLength)
    {
        _segment = segment;
        HeaderLength = headerLength;
    }

    /// <summary>Bytes of the header with its options: 20 to 60.</summary>
    public int HeaderLength { get; }

    public ushort SourcePort
    {
        get => _segment.Read16(TcpFields.SourcePortPosition);
        internal set => _segment.Write16(TcpFields.SourcePortPosition, value);
    }

    public ushort DestinationPort
    {
        get => _segment.Read16(TcpFields.DestinationPortPosition);
        internal set => _segment.Write16(TcpFields.DestinationPortPosition, value);
    }

    public uint SequenceNumber
    {
        get => _segment.Read32(TcpFields.SequenceNumberPosition);
        internal set => _segment.Write32(TcpFields.SequenceNumberPosition, value);
    }

    public uint AcknowledgementNumber => _segment.Read32(TcpFields.AcknowledgmentNumberPosition);

    public TcpFlags Flags
    {
        get => (TcpFlags)_segment[FlagsPosition];
        internal set => _segment[FlagsPosition] = (byte)value;
    }

    /// <summary>As it stands in the header, not scaled.</summary>
    public ushort Window => _segment.Read16(TcpFields.WindowSizePosition);

    public ushort Checksum
    {
        get => _segment.Read16(TcpFields.ChecksumPosition);
        internal set => _segment.Write16(TcpFields.ChecksumPosition, value);
    }

    public ReadOnlySpan<byte> Options => _segment[TcpFields.HeaderLength..HeaderLength];

    public Span<byte> Payload => _segment[HeaderLength..];

    /// <summary>
    /// Wraps an IP payload. False unless the header has at least 20 bytes and lies within it.
    /// </summary>
    public static bool TryWrap(Span<byte> segment, out TcpView view)
    {
        view = default;
        if (segment.Length < TcpFields.HeaderLength)
            return false;
        int headerLength = (segment[TcpFields.DataOffsetAndFlagsPosition] >> 4) * 4;
        if (headerLength < TcpFields.HeaderLength || headerLength > segment.Length)
            return false;
        view = new TcpView(segment, headerLength);
        return true;
    }

    /// <summary>The maximum segment size option (RFC 9293 section 3.7.1).</summary>
    public bool TryGetMaximumSegmentSize(out ushort size)
    {
        bool found = TryFindOption(MaximumSegmentSizeOption, out ReadOnlySpan<byte> data)
            && data.Length == sizeof(ushort);
        size = found ? BinaryPrimitives.ReadUInt16BigEndian(data) : (ushort)0;
        return found;
    }

    /// <summary>
    /// The window scale option's shift count (RFC 7323 section 2.2), as it stands there.
    /// </summary>
    public bool TryGetWindowScale(out byte shift)
    {
        bool found = TryFindOption(WindowScaleOption, out ReadOnlySpan<byte> data)
            && data.Length == 1;
        shift = found ? data[0] : (byte)0;
        return found;
    }

    /// <summary>
    /// Finds the first option of a kind above 1. Stops at the end of the list and at the first
    /// option whose length is impossible.
    /// </summary>
    /// <param name="kind">Option kind (IANA registry).</param>
    /// <param name="data">The option's bytes after kind and length.</param>
    public bool TryFindOption(byte kind, out ReadOnlySpan<byte> data)
    {
        ReadOnlySpan<byte> rest = Options;
        while (rest.Length > 0 && rest[0] != EndOfOptions)
        {
            if (rest[0] == NoOperation)
            {
                rest = rest[1..];
                continue;
            }
            if (rest.Length < 2 || rest[1] < 2 || rest[1] > rest.Length)
                break;
            if (rest[0] == kind)
            {
                data = rest[2..rest[1]];
                return true;
            }
            rest = rest[rest[1]..];
        }
        data = default;
        return false;
    }
}
