// The words of scenarios for ICMP messages of both families. Used by FrameBuilder and FrameReader.

using PacketSwitch.Wire;

namespace PacketSwitch.Tests.Scenarios;

internal static class IcmpWords
{
    private static readonly (string Word, byte Type4, byte Code4, byte Type6, byte Code6)[] Rows =
    [
        ("echo", IcmpV4Type.EchoRequest, 0, IcmpV6Type.EchoRequest, 0),
        ("echo-reply", IcmpV4Type.EchoReply, 0, IcmpV6Type.EchoReply, 0),
        ("port-unreachable", IcmpV4Type.DestinationUnreachable, IcmpV4UnreachableCode.Port,
            IcmpV6Type.DestinationUnreachable, IcmpV6UnreachableCode.Port),
        ("host-unreachable", IcmpV4Type.DestinationUnreachable, IcmpV4UnreachableCode.Host,
            IcmpV6Type.DestinationUnreachable, IcmpV6UnreachableCode.Address),
        ("no-route", IcmpV4Type.DestinationUnreachable, IcmpV4UnreachableCode.Network,
            IcmpV6Type.DestinationUnreachable, IcmpV6UnreachableCode.NoRoute),
        ("prohibited", IcmpV4Type.DestinationUnreachable, IcmpV4UnreachableCode.AdministrativelyProhibited,
            IcmpV6Type.DestinationUnreachable, IcmpV6UnreachableCode.AdministrativelyProhibited),
        ("too-big", IcmpV4Type.DestinationUnreachable, IcmpV4UnreachableCode.FragmentationNeeded,
            IcmpV6Type.PacketTooBig, 0),
        ("time-exceeded", IcmpV4Type.TimeExceeded, 0, IcmpV6Type.TimeExceeded, 0),
    ];

    public static bool IsError(string word) => word is not ("echo" or "echo-reply");

    public static string Of(bool isV6, byte type, byte code)
    {
        foreach (var row in Rows)
        {
            if ((type, code) == (isV6 ? (row.Type6, row.Code6) : (row.Type4, row.Code4)))
            {
                return row.Word;
            }
        }
        return $"type {type} code {code}";
    }

    public static bool TryFind(string word, bool isV6, out byte type, out byte code)
    {
        foreach (var row in Rows)
        {
            if (row.Word == word)
            {
                (type, code) = isV6 ? (row.Type6, row.Code6) : (row.Type4, row.Code4);
                return true;
            }
        }
        (type, code) = (0, 0);
        return false;
    }
}
