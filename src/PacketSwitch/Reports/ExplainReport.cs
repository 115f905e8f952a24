// What `explain` says, as data: the steps of one frame, the verdict and its cause. Made by
// ExplanationText from an Explanation, in the command or, for the running switch, behind
// POST /v1/explain; printed by the same class.

namespace PacketSwitch.Reports;

/// <summary>A frame explained.</summary>
internal sealed record ExplainReport
{
    public int Schema { get; init; } = 1;

    /// <summary>Its number among the frames that entered; 1 for a flow in words.</summary>
    public required long Frame { get; init; }

    /// <summary>When it entered: the capture's clock, for a running switch that of now.</summary>
    public required double TimeS { get; init; }

    /// <summary>The port it entered at.</summary>
    public required int Port { get; init; }

    public required string Packet { get; init; }

    public required IReadOnlyList<ExplainStep> Steps { get; init; }

    /// <summary><c>drop</c>, <c>transmit</c>, <c>punt</c>, or <c>held</c>: it waits for an
    /// answer.</summary>
    public required string Verdict { get; init; }

    /// <summary>Of a held frame, what it is dropped for when no answer comes.</summary>
    public required string Reason { get; init; }

    public required int? Virt { get; init; }

    public required int? Real { get; init; }

    /// <summary>The ports its copies left by.</summary>
    public required IReadOnlyList<int> Out { get; init; }

    /// <summary>The last line: <c>FORWARDED to real 2 (web2)</c>.</summary>
    public required string Conclusion { get; init; }

    /// <summary>The same with its cause in a sentence.</summary>
    public required string Brief { get; init; }
}

/// <summary>A step.</summary>
/// <param name="Step">The table or the part of the switch.</param>
/// <param name="Result">What came of it, in a word or two.</param>
/// <param name="Text">The details.</param>
/// <param name="Source">The line of the configuration behind it; null where there is none.</param>
internal sealed record ExplainStep(string Step, string Result, string Text, string? Source);

/// <summary>What POST /v1/explain is asked.</summary>
/// <param name="Protocol">tcp, udp or icmp.</param>
/// <param name="Source">ADDRESS:PORT; ADDRESS for icmp.</param>
/// <param name="Destination">The same.</param>
/// <param name="InPort">The port it enters at; null leaves that to the switch.</param>
internal sealed record ExplainRequest(
    string Protocol, string Source, string Destination, int? InPort = null);
