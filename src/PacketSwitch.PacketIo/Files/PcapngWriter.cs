// Writes Ethernet frames of several interfaces to a pcapng file, each with a comment, its direction
// and an id that joins a frame to its copies; Wireshark and tshark show all of it. Used by the
// annotated capture of a replay and of a running switch. The same calls give the same bytes on
// every run and machine (draft-ietf-opsawg-pcapng: SHB, IDB, NRB, EPB, ISB; little-endian).

using System.Buffers.Binary;
using System.Text;
using PacketSwitch.Wire;

namespace PacketSwitch.PacketIo;

/// <summary>
/// A pcapng file being written. Not thread-safe. A failed write ends it and is kept as a problem.
/// </summary>
public sealed class PcapngWriter : IDisposable
{
    private const uint SectionHeader = 0x0a0d0d0a;
    private const uint InterfaceDescription = 1;
    private const uint NameResolution = 4;
    private const uint InterfaceStatistics = 5;
    private const uint EnhancedPacket = 6;
    private const ushort Comment = 1;
    private const int MaximumCommentBytes = 4096;

    private readonly string _path;
    private readonly Stream _file;
    private readonly MemoryStream _body = new();

    private PcapngWriter(string path, Stream file)
    {
        _path = path;
        _file = file;
    }

    /// <summary>The word in the section header by which a file of ours is known.</summary>
    public const string Application = "PacketSwitch";

    /// <summary>Frames written, and those of them with a comment.</summary>
    public long FramesWritten { get; private set; }
    public long CommentsWritten { get; private set; }

    /// <summary>Why the file is not whole; null while all is well.</summary>
    public PortProblem? Problem { get; private set; }

    /// <summary>
    /// Makes or overwrites a file; false with a one-line problem when that cannot be.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="comment">What the capture is, and of which configuration.</param>
    /// <param name="writer">The writer.</param>
    /// <param name="problem">Why there is none.</param>
    public static bool TryCreate(
        string path, string comment, out PcapngWriter? writer, out PortProblem? problem)
    {
        writer = null;
        problem = null;
        try
        {
            writer = To(new FileStream(
                path, FileMode.Create, FileAccess.Write, FileShare.Read, 1 << 16), comment, path);
            return true;
        }
        catch (Exception error) when (IsFileError(error))
        {
            problem = new PortProblem(
                $"capture {path}: cannot be written: {error.Message}", PortProblem.Usage);
            return false;
        }
    }

    /// <summary>Writes to a stream, such as standard output; disposed with the writer.</summary>
    public static PcapngWriter To(Stream stream, string comment, string path = "-")
    {
        var writer = new PcapngWriter(path, stream);
        writer.Begin();
        writer.Number32(0x1a2b3c4d);
        writer.Number16(1);
        writer.Number16(0);
        writer.Number32(uint.MaxValue);
        writer.Number32(uint.MaxValue); // The section's length is not said.
        writer.Option(Comment, comment);
        writer.Option(4, Application);
        writer.EndOptions();
        writer.End(SectionHeader);
        return writer;
    }

    /// <summary>
    /// Describes the next interface; frames name it by its number, from 0. Times are nanoseconds.
    /// </summary>
    public void AddInterface(string name, string description)
    {
        Begin();
        Number16(1); // Ethernet
        Number16(0);
        Number32(0); // No snap length.
        Option(2, name);
        Option(3, description);
        Option(9, [9]);
        EndOptions();
        End(InterfaceDescription);
    }

    /// <summary>Names for addresses.</summary>
    public void AddNames(IEnumerable<(IpAddress Address, string Name)> names)
    {
        Begin();
        Span<byte> address = stackalloc byte[16];
        foreach ((IpAddress each, string name) in names)
        {
            int length = each.IsV6 ? 16 : 4;
            if (each.IsV6)
            {
                each.V6.Write(address);
            }
            else
            {
                each.V4.Write(address);
            }
            byte[] text = Encoding.UTF8.GetBytes(name);
            Number16(each.IsV6 ? (ushort)2 : (ushort)1);
            Number16((ushort)(length + text.Length + 1));
            _body.Write(address[..length]);
            _body.Write(text);
            _body.WriteByte(0);
            Pad();
        }
        EndOptions(); // The end of records has the same form.
        End(NameResolution);
    }

    /// <summary>Appends a frame; false when it could not be written.</summary>
    /// <param name="port">Number of its interface.</param>
    /// <param name="timeNs">Nanoseconds since 1970-01-01 UTC.</param>
    /// <param name="bytes">The frame from its Ethernet header on.</param>
    /// <param name="wireLength">The bytes it had on the wire.</param>
    /// <param name="isInbound">It entered the switch here, else it left.</param>
    /// <param name="packetId">The same for a frame and its copies; 0 for none.</param>
    /// <param name="comment">What a person sees beside it; empty for none.</param>
    public bool Write(
        int port, long timeNs, ReadOnlySpan<byte> bytes, int wireLength, bool isInbound,
            long packetId, string comment)
    {
        if (Problem is not null)
        {
            return false;
        }
        Begin();
        Number32((uint)port);
        Number32((uint)((ulong)timeNs >> 32));
        Number32((uint)timeNs);
        Number32((uint)bytes.Length);
        Number32((uint)Math.Max(wireLength, bytes.Length));
        _body.Write(bytes);
        Pad();
        if (comment.Length > 0)
        {
            Option(Comment, comment);
            CommentsWritten++;
        }
        Option(2, [isInbound ? (byte)1 : (byte)2, 0, 0, 0]);
        if (packetId != 0)
        {
            Span<byte> id = stackalloc byte[8];
            BinaryPrimitives.WriteInt64LittleEndian(id, packetId);
            Option(5, id);
        }
        EndOptions();
        FramesWritten++;
        return End(EnhancedPacket);
    }

    /// <summary>
    /// Says of an interface how many frames it has seen until now, and how many of those that were
    /// wanted are not in the file. May be said again; the last holds.
    /// </summary>
    public void WriteStatistics(int port, long timeNs, long received, long missing)
    {
        if (Problem is not null)
        {
            return;
        }
        Begin();
        Number32((uint)port);
        Number32((uint)((ulong)timeNs >> 32));
        Number32((uint)timeNs);
        Span<byte> number = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(number, received);
        Option(4, number);
        BinaryPrimitives.WriteInt64LittleEndian(number, missing);
        Option(5, number);
        EndOptions();
        End(InterfaceStatistics);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            _file.Dispose();
        }
        catch (Exception error) when (IsFileError(error))
        {
            Fail(error);
        }
    }

    private void Begin() => _body.SetLength(0);

    // The block around the body: type, length, body, length.
    private bool End(uint type)
    {
        uint length = (uint)_body.Length + 12;
        Span<byte> edge = stackalloc byte[8];
        BinaryPrimitives.WriteUInt32LittleEndian(edge, type);
        BinaryPrimitives.WriteUInt32LittleEndian(edge[4..], length);
        try
        {
            _file.Write(edge);
            _file.Write(_body.GetBuffer().AsSpan(0, (int)_body.Length));
            _file.Write(edge[4..]);
            return true;
        }
        catch (Exception error) when (IsFileError(error))
        {
            Fail(error);
            return false;
        }
    }

    private void Option(ushort code, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        Option(code, bytes.AsSpan(0, Math.Min(bytes.Length, MaximumCommentBytes)));
    }

    private void Option(ushort code, ReadOnlySpan<byte> value)
    {
        Number16(code);
        Number16((ushort)value.Length);
        _body.Write(value);
        Pad();
    }

    private void EndOptions() => Number32(0);

    private void Pad()
    {
        while (_body.Length % 4 != 0)
        {
            _body.WriteByte(0);
        }
    }

    private void Number16(ushort value)
    {
        Span<byte> bytes = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, value);
        _body.Write(bytes);
    }

    private void Number32(uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        _body.Write(bytes);
    }

    private void Fail(Exception error) => Problem ??= new PortProblem(
        $"capture {_path}: writing failed after frame {FramesWritten}: {error.Message}",
            PortProblem.Usage);

    private static bool IsFileError(Exception error) =>
        error is IOException or UnauthorizedAccessException or ArgumentException
            or NotSupportedException or ObjectDisposedException;
}
