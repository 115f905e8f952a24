// The TCP of ReferenceSwitch: the stages of a connection whose frames all arrive, in order, with
// the numbers they should have, but for resets (RFC 9293 section 3.3.2, ALTEON.md section 7).

namespace PacketSwitch.Tests.Properties.Reference;

internal static class ReferenceTcp
{
    private const uint Window = 60_000;

    /// <summary>
    /// Whether a RST is believed: by whoever it goes to, it must lie in the window.
    /// </summary>
    public static bool IsInWindow(ReferenceSession session, PlainFrame reset, bool fromClient)
    {
        if (session.Stage == ReferenceStage.Closed)
        {
            return true; // Nothing is left to guard.
        }
        if (fromClient && !session.ServerHasSpoken)
        {
            return reset.Sequence == session.ClientNext;
        }
        if (!fromClient && session.Stage == ReferenceStage.HalfOpen)
        {
            return reset.Is("A") && reset.Acknowledgement == session.ClientNext;
        }
        uint awaited = fromClient ? session.ServerAcknowledged : session.ClientAcknowledged;
        uint next = fromClient ? session.ClientNext : session.ServerNext;
        return reset.Sequence == next || reset.Sequence - awaited <= Window;
    }

    /// <summary>Notes the numbers of a frame and moves the session to its next stage.</summary>
    public static void Advance(ReferenceSession session, PlainFrame frame, bool fromClient)
    {
        if (frame.Protocol != "tcp")
        {
            return;
        }
        if (frame.Is("R"))
        {
            SetStage(session, ReferenceStage.Closed, 4);
            return;
        }
        Note(session, frame, fromClient);
        if (!fromClient && frame.Flags == "SA" && session.Stage == ReferenceStage.HalfOpen)
        {
            SetStage(session, ReferenceStage.SynReceived, 30);
        }
        bool establishes = session.IsDirectReturn
            ? session.Stage == ReferenceStage.HalfOpen
            : session.Stage == ReferenceStage.SynReceived;
        if (fromClient && frame.Is("A") && establishes)
        {
            SetStage(session, ReferenceStage.Established, session.IdleSeconds);
        }
        if (frame.Is("F")
            && session.Stage is >= ReferenceStage.SynReceived and < ReferenceStage.Closed)
        {
            session.HasClientFin |= fromClient;
            session.HasServerFin |= !fromClient;
            bool both = session.HasClientFin && session.HasServerFin;
            SetStage(
                session, both ? ReferenceStage.Closed : ReferenceStage.Closing, both ? 4 : 120);
        }
    }

    private static void Note(ReferenceSession session, PlainFrame frame, bool fromClient)
    {
        uint next = frame.Sequence + frame.SequenceLength;
        if (fromClient)
        {
            session.ClientNext = next;
            session.ClientAcknowledged = frame.Is("A")
                ? frame.Acknowledgement : session.ClientAcknowledged;
        }
        else
        {
            session.ServerHasSpoken = true;
            session.ServerNext = next;
            session.ServerAcknowledged = frame.Acknowledgement;
        }
    }

    private static void SetStage(ReferenceSession session, ReferenceStage stage, int seconds)
    {
        session.Stage = stage;
        session.TimeoutSeconds = seconds;
    }
}
