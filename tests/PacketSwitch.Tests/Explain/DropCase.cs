// A case of one drop reason: a configuration, frames that enter at ports, and what else is the case. Read by EveryDropReasonTests, which also
// writes its frames to the captures of captures/drops.

using PacketSwitch.DataPlane;

namespace PacketSwitch.Tests.Explain;

/// <summary>A frame that enters.</summary>
/// <param name="Port">The port, by its number.</param>
/// <param name="Bytes">Its bytes.</param>
/// <param name="WireLength">What it was on the wire, when the capture cut it.</param>
internal sealed record CaseFrame(int Port, byte[] Bytes, int WireLength = 0);

/// <summary>How a frame comes to be dropped for a reason.</summary>
internal sealed record DropCase(DropReason Reason, string Config, params CaseFrame[] Frames)
{
    /// <summary>What no capture can hold, and what is done about it before the frame of this index enters; null when a capture is enough.</summary>
    public (string What, int BeforeFrame, Action<DropRun> Do)? Circumstance { get; init; }

    public string Name => ReasonText.Of(Reason);
}
