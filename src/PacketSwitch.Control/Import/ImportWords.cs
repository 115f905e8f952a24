// Words that several tools share: schedulers of the Linux kernel's IPVS, times, persistence, ports.
// Used by the importers.

using System.Globalization;
using PacketSwitch.Control.Config;
using PacketSwitch.Wire;

namespace PacketSwitch.Control.Import;

/// <summary>Readings of foreign words.</summary>
internal static class ImportWords
{
    private const int LongestBindingMinutes = 60;

    /// <summary>
    /// A scheduler of IPVS as a metric of ours; the note says how it differs, null when it does
    /// not.
    /// </summary>
    public static GroupMetric Scheduler(string word, out string? note)
    {
        note = word switch
        {
            "wrr" or "wlc" or "sh" or "mh" => null,
            "rr" or "lc" => "weights are ignored there; here they count",
            "sed" or "nq" => "becomes leastconns",
            "dh" => "hashes the destination, which here is the VIP; becomes hash of the source",
            "fo" or "ovf" => "becomes leastconns; for a stand-by server see: backup",
            _ => "unknown or for caches; becomes leastconns",
        };
        return word switch
        {
            "rr" or "wrr" => GroupMetric.RoundRobin,
            "sh" or "dh" => GroupMetric.Hash,
            "mh" => GroupMetric.PersistentHash,
            _ => GroupMetric.LeastConnections,
        };
    }

    /// <summary>
    /// Whole minutes of a persistence in seconds; the note says what was rounded.
    /// </summary>
    public static int BindingMinutes(int seconds, out string? note)
    {
        int minutes = Math.Clamp((seconds + 59) / 60, 1, LongestBindingMinutes);
        note = minutes * 60 == seconds ? null
            : $"{seconds} s become {minutes} min (1 to {LongestBindingMinutes})";
        return minutes;
    }

    /// <summary>A port by number or by one of the names we know.</summary>
    public static bool TryPort(string text, out int port)
    {
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port))
        {
            return port is >= 0 and <= ushort.MaxValue;
        }
        for (port = 1; port < 1024; port++)
        {
            if (ServiceNames.NameOf(port) is { Length: > 0 } name && name == text)
            {
                return true;
            }
        }
        return text == "domain" && (port = 53) > 0;
    }

    /// <summary><c>192.0.2.2:80</c> or <c>[2001:db8::2]:http</c>; no port is 0.</summary>
    public static bool TryEnd(string text, out IpAddress address, out int port)
    {
        port = 0;
        int close = text.IndexOf(']');
        int colon = text.LastIndexOf(':');
        bool hasPort = close >= 0 ? colon > close : colon >= 0 && text.IndexOf(':') == colon;
        string host = hasPort ? text[..colon] : text;
        host = host.StartsWith('[') && host.EndsWith(']') ? host[1..^1] : host;
        return IpAddress.TryParse(host, out address)
            && (!hasPort || TryPort(text[(colon + 1)..], out port));
    }

    /// <summary>
    /// An end as HAProxy reads it: the last colon stands before the port even where an IPv6 address
    /// has no brackets, and a family may be said first (<c>ipv6@2001:db8::2:80</c>).
    /// </summary>
    public static bool TryHaproxyEnd(string text, out IpAddress address, out int port)
    {
        string[] families = ["ipv4@", "ipv6@", "tcp@", "tcp4@", "tcp6@"];
        string? family = Array.Find(
            families, each => text.StartsWith(each, StringComparison.Ordinal));
        string end = family is null ? text : text[family.Length..];
        int colon = end.LastIndexOf(':');
        bool isBare = !end.StartsWith('[') && end.IndexOf(':') is var first && first != colon;
        return TryEnd(isBare ? $"[{end[..colon]}]{end[colon..]}" : end, out address, out port);
    }

    /// <summary>
    /// Leading bits of a mask such as 255.255.255.0, or of a prefix length; null when it is none.
    /// </summary>
    public static int? MaskBits(string text)
    {
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int bits))
        {
            return bits is >= 0 and <= 128 ? bits : null;
        }
        if (!Ipv4Address.TryParse(text, out Ipv4Address mask))
        {
            return null;
        }
        bits = System.Numerics.BitOperations.LeadingZeroCount(~mask.Value);
        return mask.Value == (bits == 0 ? 0 : uint.MaxValue << (32 - bits)) ? bits : null;
    }

    /// <summary>
    /// Seconds of <c>2000</c> (milliseconds), <c>2s</c>, <c>500ms</c>, <c>1m</c>: HAProxy's times.
    /// </summary>
    public static bool TrySeconds(string text, out double seconds)
    {
        int digits = text.TakeWhile(char.IsAsciiDigit).Count();
        seconds = 0;
        if (digits == 0 || !long.TryParse(text.AsSpan(0, digits), NumberStyles.None,
            CultureInfo.InvariantCulture, out long number))
        {
            return false;
        }
        double? unit = text[digits..] switch
        {
            "" or "ms" => 0.001,
            "us" => 0.000001,
            "s" => 1,
            "m" => 60,
            "h" => 3600,
            "d" => 86400,
            _ => null,
        };
        seconds = number * (unit ?? 0);
        return unit is not null;
    }

    /// <summary>Seconds between checks, 1 to 60; the note says what was rounded.</summary>
    public static int CheckSeconds(double seconds, out string? note)
    {
        int whole = (int)Math.Clamp(Math.Ceiling(seconds), 1, 60);
        note = whole == seconds ? null : $"checks are every {whole} s (1 to 60)";
        return whole;
    }
}
