// What the session table, the checksum code and the frame writer ask of an address, whichever its
// family. It is only ever used as a constraint, so that each family gets its own compiled code and
// no call goes through an interface.

namespace PacketSwitch.Wire;

/// <summary>An IPv4 or IPv6 address as a type argument.</summary>
/// <typeparam name="TSelf"><see cref="Ipv4Address"/> or <see cref="Ipv6Address"/>.</typeparam>
public interface IIpAddress<TSelf> : IEquatable<TSelf>
    where TSelf : unmanaged, IIpAddress<TSelf>
{
    /// <summary>Bytes on the wire: 4 or 16.</summary>
    static abstract int Length { get; }

    static abstract bool IsV6 { get; }

    /// <summary>Reads the first <see cref="Length"/> bytes.</summary>
    static abstract TSelf Read(ReadOnlySpan<byte> source);

    /// <summary>Writes <see cref="Length"/> bytes.</summary>
    void Write(Span<byte> target);

    /// <summary>
    /// The sum of the address's 16-bit words, not folded, for Internet checksums.
    /// </summary>
    uint WordSum { get; }

    /// <summary>The address in the form that holds either family.</summary>
    IpAddress ToIpAddress();
}
