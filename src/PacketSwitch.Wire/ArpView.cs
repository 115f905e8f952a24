// An ARP message between Ethernet and IPv4, the only kind the switch answers or learns from.

using PacketDotNet;

namespace PacketSwitch.Wire;

/// <summary>An ARP message (RFC 826) for IPv4 over Ethernet.</summary>
public readonly ref struct ArpView
{
    private const ushort EthernetHardware = 1;

    private readonly Span<byte> _message;

    private ArpView(Span<byte> message) => _message = message;

    /// <summary>May hold other values than the named ones.</summary>
    public ArpOperation Operation =>
        (ArpOperation)_message.Read16(ArpFields.OperationPosition);

    public MacAddress SenderMac =>
        MacAddress.Read(_message[ArpFields.SenderHardwareAddressPosition..]);

    public Ipv4Address SenderAddress =>
        Ipv4Address.Read(_message[ArpFields.SenderProtocolAddressPosition..]);

    /// <summary>Has no meaning in a request.</summary>
    public MacAddress TargetMac =>
        MacAddress.Read(_message[ArpFields.TargetHardwareAddressPosition..]);

    public Ipv4Address TargetAddress =>
        Ipv4Address.Read(_message[ArpFields.TargetProtocolAddressPosition..]);

    /// <summary>
    /// False if the message is too short, or is not for Ethernet and IPv4 with addresses of six and
    /// four bytes.
    /// </summary>
    public static bool TryWrap(Span<byte> message, out ArpView view)
    {
        view = default;
        if (message.Length < ArpFields.HeaderLength)
            return false;
        message = message[..ArpFields.HeaderLength];
        if (message.Read16(ArpFields.HardwareAddressTypePosition)
                != EthernetHardware
            || message.Read16(ArpFields.ProtocolAddressTypePosition)
                != EtherTypes.Ipv4
            || message[ArpFields.HardwareAddressLengthPosition] != MacAddress.Length
            || message[ArpFields.ProtocolAddressLengthPosition] != Ipv4Address.Length)
            return false;
        view = new ArpView(message);
        return true;
    }
}
