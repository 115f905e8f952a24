// The figures of replay --stats: how much went in, how fast the offline engine took it, and who got the sessions. Fed by a StepRecorder.

using System.Globalization;
using System.Text.Json;
using PacketSwitch.Control.Config;
using PacketSwitch.DataPlane;
using PacketSwitch.Explain;

namespace PacketSwitch.Replay;

/// <summary>Counts of one replay, and the times of all its loops.</summary>
internal sealed class ReplayStatistics(SwitchConfig config)
{
    private readonly HashSet<(string, string)> _flows = [];
    private readonly SortedDictionary<int, long> _sessionsByReal = [];
    private readonly List<double> _seconds = [];
    private long _packets;
    private long _bytes;
    private long _opened;
    private long _forwarded;
    private long _punted;
    private long _dropped;

    /// <summary>A frame is decided.</summary>
    public void Add(FrameTrace trace)
    {
        _packets++;
        _bytes += trace.Bytes.Length;
        FrameInfo info = trace.Info;
        _ = info.Verdict switch
        {
            Verdict.Transmit => _forwarded++,
            Verdict.Punt => _punted++,
            _ => _dropped++,
        };
        if (info.Pass == PassReason.New && info.Verdict == Verdict.Transmit)
        {
            _opened++;
            _sessionsByReal[info.Real] = _sessionsByReal.GetValueOrDefault(info.Real) + 1;
        }
        if (trace.First.Kind is FrameKind.Flow4 or FrameKind.Flow6)
        {
            _flows.Add(EndsOf(trace));
        }
    }

    /// <summary>One loop over the captures took so long.</summary>
    public void AddTime(double seconds) => _seconds.Add(seconds);

    public string ToText()
    {
        double median = Median();
        string loops = _seconds.Count == 1 ? "" : $", median of {_seconds.Count} loops";
        string reals = string.Join("  ", _sessionsByReal.Select(each => $"{NameOf(each.Key)} {each.Value}"));
        return string.Create(CultureInfo.InvariantCulture,
            $"Actual: {_packets} packets ({_bytes} bytes) in {median:0.000000} s     "
            + $"Rated: {_packets / median / 1e6:0.000} Mpps, {_bytes * 8 / median / 1e6:0.0} Mb/s "
            + $"(offline engine, one core, reading included{loops})")
            + Environment.NewLine
            + $"Flows: {_flows.Count} flows, {_opened} new sessions     Reals: {(reals.Length == 0 ? "-" : reals)}     "
            + $"Verdicts: {_forwarded} forwarded, {_punted} punted, {_dropped} dropped";
    }

    public void WriteJson(Utf8JsonWriter json)
    {
        json.WriteStartObject("stats");
        json.WriteNumber("packets", _packets);
        json.WriteNumber("bytes", _bytes);
        json.WriteNumber("loops", _seconds.Count);
        json.WriteNumber("seconds", Median());
        json.WriteNumber("packets_per_s", _packets / Median());
        json.WriteNumber("flows", _flows.Count);
        json.WriteNumber("new_sessions", _opened);
        json.WriteStartObject("sessions_by_real");
        foreach ((int real, long count) in _sessionsByReal)
        {
            json.WriteNumber(real.ToString(CultureInfo.InvariantCulture), count);
        }
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private double Median()
    {
        double[] sorted = [.. _seconds.Order()];
        return sorted.Length == 0 ? 0 : Math.Max(sorted[sorted.Length / 2], 1e-9);
    }

    private string NameOf(int real)
        => config.FindReal(real)?.Name is { Length: > 0 } name ? name : $"real {real}";

    // Both ends of a conversation as it is seen on its side of the switch, whichever spoke.
    private static (string, string) EndsOf(FrameTrace trace)
    {
        FrameInfo first = trace.First;
        bool isV6 = first.Kind == FrameKind.Flow6;
        (int at, int length) = isV6 ? (first.NetworkOffset + 8, 16) : (first.NetworkOffset + 12, 4);
        ReadOnlySpan<byte> frame = trace.Bytes;
        string from = End(frame.Slice(at, length), frame.Slice(first.TransportOffset, 2), first.Protocol);
        string to = End(frame.Slice(at + length, length), frame.Slice(first.TransportOffset + 2, 2), first.Protocol);
        return string.CompareOrdinal(from, to) < 0 ? (from, to) : (to, from);
    }

    private static string End(ReadOnlySpan<byte> address, ReadOnlySpan<byte> port, byte protocol)
        => $"{protocol} {Convert.ToHexString(address)} {Convert.ToHexString(port)}";
}
