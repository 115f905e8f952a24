// Makes a row of a recorded frame. Used by the routes.

using System.Globalization;
using System.Numerics;
using PacketSwitch.DataPlane;
using PacketSwitch.Explain;
using PacketSwitch.Reports;
using PacketSwitch.Wire;

namespace PacketSwitch.Observe;

/// <summary>Rows of observe.</summary>
internal static class ObserveRows
{
    /// <summary>The row of a frame that came in or that the switch made; a copy has none.</summary>
    public static ObserveRow? Of(RecordedFrame frame, LiveNames names)
        => frame.IsCopy ? null : frame.Trace is { } trace ? Received(trace, names)
            : Row(frame, names, 0, new FrameInfo(), [names.Names.PortIds[frame.Port]]) with
            {
                Port = null,
                Verdict = "originated",
                Reason = "",
                Why = "ORIGINATED by the switch itself",
            };

    private static ObserveRow Received(FrameTrace trace, LiveNames names)
    {
        var frame = new RecordedFrame(
            true, trace.First.Port, trace.Bytes, trace.WireLength, trace.TimeNs, trace, false);
        FrameInfo info = trace.Info;
        return Row(frame, names, trace.Number, info, Out(info, names)) with
        {
            Waited = trace.Waited,
            Why = names.Brief(trace),
        };
    }

    private static ObserveRow Row(
        RecordedFrame frame, LiveNames names, long number, in FrameInfo info,
        IReadOnlyList<int> to)
    {
        byte[] whole = FlowEnds.Whole(frame.Bytes, frame.WireLength);
        FlowEnds ends = FlowEnds.Of(whole, whole.Length);
        return new ObserveRow
        {
            Number = number,
            Time = Time(frame.TimeNs),
            Port = names.Names.PortIds[frame.Port],
            Packet = FrameText.Describe(whole),
            Source = ends.Source,
            SourcePort = ends.SourcePort,
            Destination = ends.Destination,
            DestinationPort = ends.DestinationPort,
            Protocol = ends.Protocol,
            Bytes = frame.WireLength,
            Verdict = ReasonText.Of(info.Verdict),
            Reason = info.Verdict == Verdict.Drop
                ? ReasonText.Of(info.Drop) : ReasonText.Of(info.Pass),
            Virt = info.Virt == 0 ? null : info.Virt,
            VirtName = names.Config.FindVirt(info.Virt)?.Name ?? "",
            Real = info.Real == 0 ? null : info.Real,
            RealName = names.Config.FindReal(info.Real)?.Name ?? "",
            Out = to,
            Waited = false,
            Why = "",
        };
    }

    private static int[] Out(in FrameInfo info, LiveNames names)
    {
        if (info.Verdict != Verdict.Transmit)
            return [];
        var ports = new List<int>();
        for (ulong left = info.OutPorts; left != 0; left &= left - 1)
            ports.Add(names.Names.PortIds[BitOperations.TrailingZeroCount(left)]);
        return [.. ports];
    }

    private static string Time(long timeNs)
        => DateTimeOffset.FromUnixTimeMilliseconds(timeNs / 1_000_000)
            .AddTicks(timeNs % 1_000_000 / 100)
            .ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture);
}
