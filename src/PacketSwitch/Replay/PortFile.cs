// The value of --in and --out: PORT=FILE.

namespace PacketSwitch.Replay;

/// <summary>A capture file of a port.</summary>
internal sealed record PortFile(int Port, string Path)
{
    /// <summary>Reads <c>8=client.pcap</c>.</summary>
    public static bool TryParse(string text, out PortFile? file)
    {
        string[] halves = text.Split('=', 2);
        bool valid = halves.Length == 2 && int.TryParse(halves[0], out _) && halves[1].Length > 0;
        file = valid ? new PortFile(int.Parse(halves[0]), halves[1]) : null;
        return valid;
    }
}
