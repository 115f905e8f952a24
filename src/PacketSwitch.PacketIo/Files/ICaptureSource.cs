// Where a capture file's frames come from: libpcap for pcap, our own reader for pcapng (libpcap gives a file up when two
// of its interfaces differ). Used by CaptureFileReader only, once per frame of a file.

namespace PacketSwitch.PacketIo;

/// <summary>How reading a frame ended.</summary>
internal enum CaptureRead
{
    Frame,
    EndOfFile,

    /// <summary>The file ends inside a frame.</summary>
    Truncated,

    /// <summary>The file is corrupt here; the source says how.</summary>
    Broken,
}

/// <summary>The frames of an open capture file, from front to back.</summary>
internal interface ICaptureSource : IDisposable
{
    /// <summary>What is wrong, after <see cref="CaptureRead.Broken"/>: words for one line.</summary>
    string Error { get; }

    /// <summary>Gives the next frame, with number 0; its bytes are valid until the next call.</summary>
    CaptureRead Read(out CaptureFrame frame);
}
