// The divided datagrams among the answers of a capture: what was done with the first fragment is done with the others. Used by
// AnswerTranslator. As large as the capture has divided answers, at most one for each pair of hosts and identification.

using System.Diagnostics.CodeAnalysis;
using PacketSwitch.Wire;

namespace PacketSwitch.Replay;

/// <summary>Rewrites by datagram (RFC 791 section 3.2: source, destination, protocol, identification).</summary>
internal sealed class AnsweredDatagrams<TAddress>
    where TAddress : unmanaged, IIpAddress<TAddress>
{
    private readonly Dictionary<(TAddress, TAddress, byte, uint), AnswerRewrite<TAddress>> _rewrites = [];

    /// <summary>Remembers the first fragment's; an identification that is used again forgets the datagram before.</summary>
    public void Add(in CapturedPacket<TAddress> first, in AnswerRewrite<TAddress> rewrite)
        => _rewrites[Name(first)] = rewrite;

    /// <summary>What was done with the first fragment of this one's datagram.</summary>
    public bool TryGet(
        in CapturedPacket<TAddress> later, [MaybeNullWhen(false)] out AnswerRewrite<TAddress> rewrite)
        => _rewrites.TryGetValue(Name(later), out rewrite);

    // A later IPv6 fragment may name an extension header where the first names the transport (RFC 8200 section 4.5).
    private static (TAddress, TAddress, byte, uint) Name(in CapturedPacket<TAddress> packet)
        => (packet.Source, packet.Destination, TAddress.IsV6 ? (byte)0 : packet.Protocol, packet.FragmentId);
}
