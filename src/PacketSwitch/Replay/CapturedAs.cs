// What a captured frame is to the replayed switch. The answer of AnswerTranslator.

namespace PacketSwitch.Replay;

/// <summary>Where a captured frame enters, and what is expected of it.</summary>
internal enum CapturedAs
{
    /// <summary>From a client, or of no interest: enters at the client port as it is.</summary>
    Request,

    /// <summary>An answer of a known session.</summary>
    Answer,

    /// <summary>
    /// An answer without a session: from a real server of the service, so that the switch says
    /// so.
    /// </summary>
    StrayAnswer,
}
