// The promise to every frame: none leaves worse than it came. Bridged ones are byte-identical; rewritten ones have nothing changed but what a rewrite
// changes (routed ones their TTL too), and right checksums if they came with right ones; made ones are right in all. Used by SwitchFuzzTests after every frame.

using PacketSwitch.DataPlane;
using PacketSwitch.Tests.DataPlane;
using PacketSwitch.Tests.Scenarios;
using PacketSwitch.Wire;

namespace PacketSwitch.Tests.Fuzz;

/// <summary>Follows frames that wait, so that it knows them when they leave.</summary>
internal sealed class FrameConservation(MacAddress switchMac)
{
    private readonly List<byte[]> _waiting = [];

    /// <summary>What is wrong with the frames that left when one entered, or null.</summary>
    public string? FindFault(byte[] entered, FrameInfo info, IReadOnlyList<byte[]> left, bool anyHeld)
    {
        bool isRouted = info.Pass == PassReason.Route;
        string bare = isRouted ? FrameOrigins.Routed(entered) : FrameOrigins.Bare(entered);
        int identical = 0;
        int rewritten = 0;
        foreach (byte[] frame in left)
        {
            if (frame.AsSpan().SequenceEqual(entered))
            {
                identical++;
            }
            else if ((isRouted ? FrameOrigins.Unrouted(frame) : FrameOrigins.Bare(frame)) == bare)
            {
                rewritten++;
                if (FindSpoiled(entered, frame) is { } fault)
                {
                    return fault;
                }
            }
            else if (FindWaiting(frame) is { } waited)
            {
                if (FindSpoiled(waited, frame) is { } fault)
                {
                    return $"{fault} (it had waited)";
                }
            }
            else if (!IsMadeRight(frame, info))
            {
                return $"neither came in nor is right: {FrameText.Describe(frame)} {Convert.ToHexString(frame)}";
            }
        }
        Remember(entered, info, anyHeld);
        return FindContradiction(info, identical, rewritten);
    }

    // The verdict must say what can be seen.
    private static string? FindContradiction(FrameInfo info, int identical, int rewritten)
    {
        if (info.IsSuperFrame)
        {
            return null;
        }
        bool bridged = info is { Verdict: Verdict.Transmit, Pass: PassReason.Bridge or PassReason.Flood };
        int copies = System.Numerics.BitOperations.PopCount(info.OutPorts);
        return info.Verdict switch
        {
            Verdict.Transmit when bridged && identical != copies
                => $"bridged to {copies} ports, left unchanged on {identical}",
            Verdict.Transmit when identical + rewritten != copies
                => $"transmitted on {copies} ports, left on {identical + rewritten}",
            Verdict.Drop or Verdict.Punt or Verdict.Held when identical + rewritten > 0
                => "dropped, punted or held, and left all the same",
            Verdict.None => "not decided",
            _ => null,
        };
    }

    private static string? FindSpoiled(byte[] entered, byte[] frame)
    {
        if (!FrameChecksums.AreValid(frame) && FrameChecksums.AreValid(entered))
        {
            return $"came with right checksums and left with a wrong one: {FrameText.Describe(frame)} "
                + Convert.ToHexString(frame);
        }
        bool wrongHeader = EthernetView.TryWrap(frame, out EthernetView ethernet)
            && ethernet.EtherType == EtherTypes.Ipv4
            && !(Ipv4View.TryWrap(ethernet.Payload, out Ipv4View ip) && ip.HeaderChecksumIsValid);
        return wrongHeader
            ? $"left with a wrong IP header: {FrameText.Describe(frame)} {Convert.ToHexString(frame)}" : null;
    }

    private byte[]? FindWaiting(byte[] frame)
    {
        if (_waiting.Count == 0)
        {
            return null;
        }
        string bare = FrameOrigins.Bare(frame);
        string unrouted = FrameOrigins.Unrouted(frame);
        return _waiting.Find(waited => FrameOrigins.Bare(waited) == bare || FrameOrigins.Routed(waited) == unrouted);
    }

    // Segments of a super-frame are made too: bridged ones keep their MACs.
    private bool IsMadeRight(byte[] frame, FrameInfo info)
        => FrameChecksums.AreValid(frame) && FrameShape.HasRightLength(frame)
            && EthernetView.TryWrap(frame, out EthernetView ethernet)
            && (info.IsSuperFrame || ethernet.Source.Equals(switchMac));

    private void Remember(byte[] entered, FrameInfo info, bool anyHeld)
    {
        if (!anyHeld)
        {
            _waiting.Clear();
        }
        else if (info.Verdict == Verdict.Held)
        {
            _waiting.Add(entered);
        }
    }
}
