// The ports of every divided datagram of a capture, read before the replay begins: an answer's
// later fragments must become a real server's even where the capture holds them before the first.
// Made and asked by OneFileReplay.

using PacketSwitch.PacketIo;
using PacketSwitch.Wire;

namespace PacketSwitch.Replay;

/// <summary>First fragments by the datagram they begin.</summary>
internal sealed class CapturedFragments
{
    private readonly Dictionary<Name, List<(long Number, CapturedPorts Ports)>> _firsts = [];

    /// <summary>
    /// Reads a capture once from front to back. A broken file is read as far as it goes; the
    /// replay itself will say so.
    /// </summary>
    public static CapturedFragments Read(string path)
    {
        var fragments = new CapturedFragments();
        if (CaptureFileReader.TryOpen(path, out CaptureFileReader? reader, out _))
        {
            using (reader)
            {
                while (reader!.TryRead(out CaptureFrame frame))
                {
                    fragments.Note(frame);
                }
            }
        }
        return fragments;
    }

    /// <summary>
    /// The ports of a later fragment's datagram: identifications are used again, so the nearest
    /// first fragment tells.
    /// </summary>
    public bool TryFind(in CapturedPacket packet, long number, out CapturedPorts ports)
        => TryFind(packet.Source, packet.Destination, packet.FragmentId, number, out ports);

    /// <summary>The same for a datagram that an ICMP error quotes.</summary>
    public bool TryFind(IpAddress source, IpAddress destination, uint id, long number, out CapturedPorts ports)
    {
        ports = default;
        if (!_firsts.TryGetValue(new Name(source, destination, id), out var firsts))
        {
            return false;
        }
        ports = firsts.MinBy(first => Math.Abs(first.Number - number)).Ports;
        return true;
    }

    private void Note(CaptureFrame frame)
    {
        byte[] bytes = frame.Bytes.ToArray();
        if (CapturedPacket.TryRead(bytes, out CapturedPacket packet) && packet.IsFragment
            && CapturedPorts.TryRead(bytes, packet, out CapturedPorts ports))
        {
            var name = new Name(packet.Source, packet.Destination, packet.FragmentId);
            if (!_firsts.TryGetValue(name, out var firsts))
            {
                _firsts[name] = firsts = [];
            }
            firsts.Add((frame.Number, ports));
        }
    }

    private readonly record struct Name(IpAddress Source, IpAddress Destination, uint Id);
}
