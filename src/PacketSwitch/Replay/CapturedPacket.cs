// What the IP headers of a captured frame say, for both families. Made and read by AnswerTranslator.

using PacketSwitch.Wire;

namespace PacketSwitch.Replay;

/// <summary>An IP packet within a frame. Offsets are from the frame's begin, lengths in bytes.</summary>
internal readonly record struct CapturedPacket<TAddress>(
    TAddress Source, TAddress Destination, byte Protocol, int NetworkOffset, int TransportOffset, int TransportLength,
    bool IsFragment, int FragmentOffset, uint FragmentId)
    where TAddress : unmanaged, IIpAddress<TAddress>;
