// One kind of client frame, written once and then given to any flow by setting its source address and port. The checksums follow
// by RFC 1624, so that preparing a frame costs less than forwarding it. Used by EngineHarness.

using System.Buffers.Binary;
using PacketDotNet;
using PacketSwitch.Wire;

namespace PacketSwitch.Bench;

/// <summary>A frame without a sender.</summary>
internal sealed class BenchFrame
{
    private static readonly int NetworkStart = EthernetFields.HeaderLength;
    private static readonly int TransportStart = NetworkStart + IPv4Fields.HeaderLength;
    private static readonly int HeaderChecksumAt = NetworkStart + IPv4Fields.ChecksumPosition;
    private static readonly int TransportChecksumAt = TransportStart + TcpFields.ChecksumPosition;

    private readonly byte[] _bytes = new byte[BenchNetwork.MaxFrameBytes];
    private readonly int _length;
    private readonly ushort _headerChecksum;
    private readonly ushort _transportChecksum;

    /// <summary>Makes a frame of at least 60 bytes; a SYN has no payload.</summary>
    public BenchFrame(TcpFlags flags, int frameBytes)
    {
        _length = BenchNetwork.WriteClientFrame(_bytes, flags, frameBytes);
        _headerChecksum = BinaryPrimitives.ReadUInt16BigEndian(_bytes.AsSpan(HeaderChecksumAt));
        _transportChecksum = BinaryPrimitives.ReadUInt16BigEndian(_bytes.AsSpan(TransportChecksumAt));
    }

    /// <summary>Writes the frame as the flow's client sends it. Returns its length.</summary>
    public int Write(Span<byte> target, int flow)
    {
        Ipv4Address source = BenchNetwork.Client(flow);
        ushort port = BenchNetwork.ClientPort(flow);
        _bytes.AsSpan(0, _length).CopyTo(target);
        source.Write(target[(NetworkStart + IPv4Fields.SourcePosition)..]);
        BinaryPrimitives.WriteUInt16BigEndian(target[TransportStart..], port);
        ushort address = InternetChecksum.Delta(0, source.WordSum);
        ushort all = InternetChecksum.Delta(0, source.WordSum + port);
        BinaryPrimitives.WriteUInt16BigEndian(
            target[HeaderChecksumAt..], InternetChecksum.Update(_headerChecksum, address));
        BinaryPrimitives.WriteUInt16BigEndian(
            target[TransportChecksumAt..], InternetChecksum.Update(_transportChecksum, all));
        return _length;
    }
}
