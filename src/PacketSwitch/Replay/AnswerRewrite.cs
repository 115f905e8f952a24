// How an answer becomes the frame of a real server. Made by AnswerTranslator, kept for the later fragments of a datagram.

using PacketSwitch.DataPlane;
using PacketSwitch.Wire;

namespace PacketSwitch.Replay;

/// <summary>What becomes of an answer.</summary>
/// <param name="Kind">An answer of a session, or a stray one.</param>
/// <param name="Real">The real server that would have sent it.</param>
/// <param name="IsDirect">It answers the client itself (direct server return): only the MAC changes.</param>
/// <param name="Rewrite">Its addresses and ports, otherwise.</param>
internal readonly record struct AnswerRewrite<TAddress>(
    CapturedAs Kind, ushort Real, bool IsDirect, Rewrite<TAddress> Rewrite)
    where TAddress : unmanaged, IIpAddress<TAddress>
{
    public readonly Rewrite<TAddress> Rewrite = Rewrite;
}
