// Holds what leaves a one-file replay's client port against the captured answers. An answer may
// wait (for ARP, or for the first fragment of its datagram) and leave with a later frame, so each
// is open until its verdict is final. Used by OneFileReplay.

using PacketSwitch.DataPlane;
using PacketSwitch.Wire;

namespace PacketSwitch.Replay;

/// <summary>Captured answers that have entered, by the number the switch gives them.</summary>
internal sealed class AnswerComparison
{
    private const int MacBytes = 12;

    private readonly List<Answer> _open = [];
    private byte[]? _other;

    /// <summary>The result so far.</summary>
    public AnswerFigures Figures { get; } = new();

    /// <summary>An answer is about to enter.</summary>
    /// <param name="number">Its number among the frames that entered.</param>
    /// <param name="fileFrame">Its number in the capture.</param>
    /// <param name="captured">The frame as captured.</param>
    public void Enter(long number, long fileFrame, byte[] captured) => _open.Add(new Answer(number, fileFrame, captured));

    /// <summary>Notes the verdict of a frame.</summary>
    public void Decided(in FrameInfo info)
    {
        foreach (Answer answer in _open)
        {
            if (answer.Number == info.Number)
            {
                answer.Info = info;
            }
        }
    }

    /// <summary>A frame has left the client port.</summary>
    public void Left(byte[] frame)
    {
        Answer? same = _open.Find(answer => !answer.HasLeft
            && frame.AsSpan(MacBytes).SequenceEqual(answer.Captured.AsSpan(MacBytes)));
        if (same is null)
        {
            _other = frame;
        }
        else
        {
            same.HasLeft = true;
        }
    }

    /// <summary>
    /// The switch rests, and all that has left has been told: counts the answers that are
    /// decided.
    /// </summary>
    public void Settle()
    {
        foreach (Answer answer in _open)
        {
            if (answer.Info is { Verdict: not Verdict.Held } info)
            {
                Count(answer, info);
            }
        }
        _open.RemoveAll(answer => answer.Info is { Verdict: not Verdict.Held });
        _other = null;
    }

    private void Count(Answer answer, in FrameInfo info)
    {
        if (answer.HasLeft)
        {
            Figures.Identical++;
            return;
        }
        if (IsRefused(info))
        {
            Figures.Refused++;
            return;
        }
        Figures.Different++;
        string how = _other is null || info.Verdict == Verdict.Drop
            ? $"did not leave the client port: {ReasonText.Of(info.Verdict)} {ReasonText.Of(info.Drop)}"
            : $"left as {FrameText.Describe(_other)}";
        Figures.FirstDifference ??= $"frame {answer.FileFrame} {FrameText.Describe(answer.Captured)} {how}";
    }

    // What is wrong with the captured frame itself.
    private static bool IsRefused(in FrameInfo info)
        => info.Verdict == Verdict.Drop
            && info.Drop is DropReason.MalformedTruncated or DropReason.MalformedEthernet
                or DropReason.MalformedIpv4 or DropReason.MalformedIpv6 or DropReason.MalformedTcp
                or DropReason.MalformedUdp or DropReason.MalformedIcmp
                or DropReason.BadChecksum or DropReason.BadIcmpChecksum
                or DropReason.FragmentDuplicate or DropReason.FragmentOverlap
                or DropReason.FragmentLength or DropReason.FragmentTiny;

    private sealed class Answer(long number, long fileFrame, byte[] captured)
    {
        public long Number { get; } = number;
        public long FileFrame { get; } = fileFrame;
        public byte[] Captured { get; } = captured;
        public FrameInfo? Info { get; set; }
        public bool HasLeft { get; set; }
    }
}
