// What a frame of an ordinary capture is to the replayed switch. Said by AnswerTranslator, acted on by OneFileReplay.

namespace PacketSwitch.Replay;

/// <summary>What a captured frame is.</summary>
internal enum CapturedAs
{
    /// <summary>From a client, or of no interest: enters at the client port as it is.</summary>
    Request,

    /// <summary>An answer of a known session.</summary>
    Answer,

    /// <summary>An answer without a session: from a real server of the service, so that the switch says so.</summary>
    StrayAnswer,
}
