// What the host port asks of the kernel: links, addresses, routes, rules and neighbours of its own interface, by rtnetlink(7). Used by HostStack
// on one thread at a time. Every request is answered; an error is its number.

using System.Runtime.InteropServices;
using PacketSwitch.Wire;

namespace PacketSwitch.PacketIo;

/// <summary>A netlink socket in the network namespace of the thread that made it.</summary>
internal sealed unsafe class HostNetlink : IDisposable
{
    private const ushort NewLink = 16, DeleteLink = 17, NewAddress = 20, DeleteAddress = 21, NewRoute = 24;
    private const ushort NewNeighbor = 28, NewRule = 32, DeleteRule = 33;
    private const ushort Request = 1, Acknowledge = 4, Replace = 0x100, Create = 0x400;
    private const uint LinkUp = 1, LinkNoArp = 0x80;

    private readonly int _socket = LibC.socket(
        LibC.AddressFamilyNetlink, LibC.SocketRaw | LibC.CloseOnExec, 0);

    public void Dispose() => _ = LibC.close(_socket);

    /// <summary>Sets an interface up, without ARP: whatever it sends goes to its own MAC, which is the switch's.</summary>
    public int SetUp(int index, MacAddress mac, int mtu)
    {
        Span<byte> buffer = stackalloc byte[NetlinkMessage.MostBytes];
        buffer.Clear();
        var message = new NetlinkMessage(
            buffer, NewLink, Request | Acknowledge, Link(index, LinkUp | LinkNoArp, LinkUp | LinkNoArp));
        if (!mac.IsZero)
        {
            message.Add(1, mac); // IFLA_ADDRESS
        }
        message.Add(4, (uint)mtu); // IFLA_MTU
        return Send(message.Finish());
    }

    /// <summary>Makes a pair of virtual interfaces.</summary>
    public int AddPair(string name, string peer)
    {
        Span<byte> buffer = stackalloc byte[NetlinkMessage.MostBytes];
        buffer.Clear();
        var message = new NetlinkMessage(buffer, NewLink, Request | Acknowledge | Create, Link(0, 0, 0));
        message.Add(3, name); // IFLA_IFNAME
        int info = message.Open(18); // IFLA_LINKINFO
        message.Add(1, "veth"u8); // IFLA_INFO_KIND
        int data = message.Open(2); // IFLA_INFO_DATA
        int other = message.Open(1); // VETH_INFO_PEER
        message.Append(Link(0, 0, 0));
        message.Add(3, peer);
        message.Close(other);
        message.Close(data);
        message.Close(info);
        return Send(message.Finish());
    }

    /// <summary>Removes an interface.</summary>
    public int RemoveLink(int index)
    {
        Span<byte> buffer = stackalloc byte[NetlinkMessage.MostBytes];
        buffer.Clear();
        var message = new NetlinkMessage(buffer, DeleteLink, Request | Acknowledge, Link(index, 0, 0));
        return Send(message.Finish());
    }

    /// <summary>Adds or removes an address, without a route to its network.</summary>
    public int ChangeAddress(int index, OwnAddress own, bool isAdded)
    {
        Span<byte> buffer = stackalloc byte[NetlinkMessage.MostBytes];
        buffer.Clear();
        Span<byte> part = stackalloc byte[8];
        part[0] = Family(own.Address.IsV6);
        part[1] = (byte)own.PrefixLength;
        MemoryMarshal.Write(part[4..], index);
        ushort flags = (ushort)(Request | Acknowledge | (isAdded ? Create | Replace : 0));
        var message = new NetlinkMessage(buffer, isAdded ? NewAddress : DeleteAddress, flags, part);
        message.Add(2, own.Address); // IFA_LOCAL
        message.Add(1, own.Address); // IFA_ADDRESS
        message.Add(8, 0x202u); // IFA_FLAGS: NOPREFIXROUTE, NODAD
        return Send(message.Finish());
    }

    /// <summary>A route out of the interface, in a table of its own; <paramref name="to"/> null is everywhere.</summary>
    public int AddRoute(int index, uint table, bool isV6, IpAddress? to, IpAddress? gateway)
    {
        Span<byte> buffer = stackalloc byte[NetlinkMessage.MostBytes];
        buffer.Clear();
        const byte Static = 4, ScopeLink = 253, ScopeUniverse = 0, Unicast = 1;
        Span<byte> part = stackalloc byte[12];
        part.Clear();
        part[0] = Family(isV6);
        part[1] = (byte)(to?.Bits ?? 0);
        part[5] = Static;
        part[6] = isV6 || gateway is not null ? ScopeUniverse : ScopeLink;
        part[7] = Unicast;
        MemoryMarshal.Write(part[8..], gateway is null ? 0u : 4u); // RTNH_F_ONLINK
        var message = new NetlinkMessage(buffer, NewRoute, Request | Acknowledge | Create | Replace, part);
        if (to is { } destination)
        {
            message.Add(1, destination); // RTA_DST
        }
        message.Add(4, (uint)index); // RTA_OIF
        if (gateway is { } by)
        {
            message.Add(5, by); // RTA_GATEWAY
        }
        message.Add(15, table); // RTA_TABLE
        return Send(message.Finish());
    }

    /// <summary>A neighbour whose MAC is known for good.</summary>
    public int AddNeighbor(int index, IpAddress address, MacAddress mac)
    {
        Span<byte> buffer = stackalloc byte[NetlinkMessage.MostBytes];
        buffer.Clear();
        Span<byte> part = stackalloc byte[12];
        part.Clear();
        part[0] = Family(address.IsV6);
        MemoryMarshal.Write(part[4..], index);
        part[8] = 0x80; // NUD_PERMANENT
        var message = new NetlinkMessage(buffer, NewNeighbor, Request | Acknowledge | Create | Replace, part);
        message.Add(1, address); // NDA_DST
        message.Add(2, mac); // NDA_LLADDR
        return Send(message.Finish());
    }

    /// <summary>A rule that leads to a table: for a source address, or for a mark.</summary>
    public int AddRule(uint table, int priority, bool isV6, IpAddress? source, uint mark)
        => ChangeRule(NewRule, Request | Acknowledge | Create, table, priority, isV6, source, mark);

    /// <summary>Removes every rule that leads to a table.</summary>
    public void RemoveRules(uint table)
    {
        foreach (bool isV6 in (ReadOnlySpan<bool>)[false, true])
        {
            const int Most = 1024;
            for (int i = 0; i < Most
                && ChangeRule(DeleteRule, Request | Acknowledge, table, 0, isV6, null, 0) == 0; i++)
            {
            }
        }
    }

    /// <summary>Removes the rules of a priority that lead to one of so many tables.</summary>
    public void RemoveRulesOfPriority(int priority, uint firstTable, int tables)
    {
        foreach ((uint table, bool isV6) in ReadRules(priority))
        {
            if (table >= firstTable && table - firstTable < tables)
            {
                ChangeRule(DeleteRule, Request | Acknowledge, table, priority, isV6, null, 0);
            }
        }
    }

    /// <summary>The number of an interface, 0 when there is none of the name.</summary>
    public static int IndexOf(string name)
    {
        fixed (byte* text = System.Text.Encoding.ASCII.GetBytes(name + "\0"))
        {
            return (int)LibC.if_nametoindex(text);
        }
    }

    private int ChangeRule(
        ushort type, int flags, uint table, int priority, bool isV6, IpAddress? source, uint mark)
    {
        Span<byte> buffer = stackalloc byte[NetlinkMessage.MostBytes];
        buffer.Clear();
        Span<byte> part = stackalloc byte[12];
        part.Clear();
        part[0] = Family(isV6);
        part[2] = (byte)(source?.Bits ?? 0);
        part[7] = 1; // FR_ACT_TO_TBL
        var message = new NetlinkMessage(buffer, type, (ushort)flags, part);
        if (source is { } from)
        {
            message.Add(2, from); // FRA_SRC
        }
        if (priority != 0)
        {
            message.Add(6, (uint)priority); // FRA_PRIORITY
        }
        if (mark != 0)
        {
            message.Add(10, mark); // FRA_FWMARK
        }
        message.Add(15, table); // FRA_TABLE
        return Send(message.Finish());
    }

    // A dump of all rules: messages until one says that it is the last.
    private List<(uint Table, bool IsV6)> ReadRules(int priority)
    {
        const ushort Done = 3, GetRule = 34, Dump = 0x300;
        var found = new List<(uint, bool)>();
        Span<byte> buffer = stackalloc byte[NetlinkMessage.MostBytes];
        byte[] answer = new byte[32_768];
        buffer.Clear();
        var message = new NetlinkMessage(buffer, GetRule, Request | Dump, new byte[12]);
        if (!Write(message.Finish()))
        {
            return found;
        }
        for (bool isLast = false; !isLast;)
        {
            int length = Read(answer);
            isLast = length < 16;
            for (int at = 0; at + 16 <= length;)
            {
                int size = BitConverter.ToInt32(answer, at);
                ushort type = BitConverter.ToUInt16(answer, at + 4);
                isLast |= type is Done or 2 || size < 16;
                if (isLast)
                {
                    break;
                }
                ReadRule(answer.AsSpan(at, Math.Min(size, length - at)), priority, found);
                at += (size + 3) & ~3;
            }
        }
        return found;
    }

    private static void ReadRule(ReadOnlySpan<byte> message, int priority, List<(uint Table, bool IsV6)> found)
    {
        const int FixedBytes = 16 + 12;
        uint table = 0, ruled = 0;
        for (int at = FixedBytes; at + 8 <= message.Length;)
        {
            int size = MemoryMarshal.Read<ushort>(message[at..]);
            ushort kind = MemoryMarshal.Read<ushort>(message[(at + 2)..]);
            uint value = MemoryMarshal.Read<uint>(message[(at + 4)..]);
            table = kind == 15 ? value : table;
            ruled = kind == 6 ? value : ruled;
            at += Math.Max((size + 3) & ~3, 4);
        }
        if (ruled == priority)
        {
            found.Add((table, message[16] == LibC.AddressFamilyInet6));
        }
    }

    private bool Write(Span<byte> message)
    {
        fixed (byte* bytes = message)
        {
            return LibC.write(_socket, bytes, (nuint)message.Length) == message.Length;
        }
    }

    private int Read(Span<byte> answer)
    {
        fixed (byte* bytes = answer)
        {
            return (int)LibC.read(_socket, bytes, (nuint)answer.Length);
        }
    }

    private static byte[] Link(int index, uint flags, uint change)
    {
        byte[] part = new byte[16];
        MemoryMarshal.Write(part.AsSpan(4), index);
        MemoryMarshal.Write(part.AsSpan(8), flags);
        MemoryMarshal.Write(part.AsSpan(12), change);
        return part;
    }

    private static byte Family(bool isV6) => (byte)(isV6 ? LibC.AddressFamilyInet6 : LibC.AddressFamilyInet);

    // The answer is struct nlmsgerr behind the header: 0, or an error number below it.
    private int Send(Span<byte> message)
    {
        Span<byte> answer = stackalloc byte[4096];
        return !Write(message) || Read(answer) < 20
            ? Marshal.GetLastPInvokeError() : -MemoryMarshal.Read<int>(answer[16..]);
    }
}
