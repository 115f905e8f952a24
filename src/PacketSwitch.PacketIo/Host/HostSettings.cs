// Settings of the kernel's network stack below /proc/sys/net that the host port changes, put back at the end: other interfaces must not answer
// ARP for the switch's addresses, and its own must not begin to talk by itself. Used by HostStack.

using System.Globalization;

namespace PacketSwitch.PacketIo;

/// <summary>Changed settings. A setting that cannot be changed is left as it is.</summary>
internal sealed class HostSettings
{
    private readonly List<(string Path, string Before)> _changed = [];

    /// <summary>Answers ARP only for addresses of the interface itself (arp_ignore).</summary>
    public void AnswerOnlyForOwn(string interfaceName)
        => Raise($"/proc/sys/net/ipv4/conf/{interfaceName}/arp_ignore", 1);

    /// <summary>An interface that announces nothing, takes no router's word and believes every source.</summary>
    public void Silence(string interfaceName, bool hasV6)
    {
        string v6 = $"/proc/sys/net/ipv6/conf/{interfaceName}";
        Write($"{v6}/addr_gen_mode", 1);
        Write($"{v6}/accept_ra", 0);
        Write($"{v6}/router_solicitations", 0);
        Write($"{v6}/disable_ipv6", hasV6 ? 0 : 1);
        Write($"/proc/sys/net/ipv4/conf/{interfaceName}/rp_filter", 0);
        Write($"/proc/sys/net/ipv4/conf/{interfaceName}/arp_ignore", 1);
    }

    /// <summary>Puts back what <see cref="AnswerOnlyForOwn"/> has changed.</summary>
    public void Restore()
    {
        foreach ((string path, string before) in _changed)
        {
            TryWrite(path, before);
        }
        _changed.Clear();
    }

    private void Raise(string path, int least)
    {
        try
        {
            string before = File.ReadAllText(path).Trim();
            if (int.TryParse(before, CultureInfo.InvariantCulture, out int value) && value < least)
            {
                File.WriteAllText(path, least.ToString(CultureInfo.InvariantCulture));
                _changed.Add((path, before));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The interface is gone, or /proc/sys is not ours to change: a second answer to ARP is the worst that follows.
        }
    }

    private static void Write(string path, int value) => TryWrite(path, value.ToString(CultureInfo.InvariantCulture));

    private static void TryWrite(string path, string value)
    {
        try
        {
            File.WriteAllText(path, value);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // As above: the interface works without it.
        }
    }
}
