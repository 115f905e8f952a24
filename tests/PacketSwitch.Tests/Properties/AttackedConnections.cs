// Twenty TCP connections through a whole switch, to four real servers under half NAT and full NAT,
// that exchange a byte in each direction whenever they are asked, as ends do that know nothing of
// an attacker. Used by ForgeryTests.

using PacketSwitch.PacketIo;
using PacketSwitch.Tests.DataPlane;
using PacketSwitch.Tests.Scenarios;
using PacketSwitch.Wire;

namespace PacketSwitch.Tests.Properties;

/// <summary>The connections of one address family.</summary>
/// <param name="tested">The switch; port 0 has the clients, port 1 the servers.</param>
/// <param name="vips">Virtual server addresses, one per service.</param>
internal sealed class AttackedConnections<TAddress>(
    TestSwitch tested, TAddress[] vips, Func<uint, TAddress> client)
    where TAddress : unmanaged, IIpAddress<TAddress>
{
    public const int Count = 20;
    public const ushort Window = 60_000;
    public const ushort ServicePort = 80;

    private static readonly MacAddress ClientMac = new(0x0a00_0000_0001);

    private readonly List<Connection> _all = [];
    private readonly byte[] _buffer = new byte[200];

    /// <summary>The connections.</summary>
    public IReadOnlyList<Connection> All => _all;

    /// <summary>Opens them all.</summary>
    public void Establish()
    {
        for (uint i = 0; i < Count; i++)
        {
            var opened = new Connection
            {
                Client = client(i),
                ClientPort = (ushort)(2000 + i),
                Vip = vips[i % vips.Length],
                ClientNext = 1_000_000 * (i + 1),
                ServerNext = 2_000_000 * (i + 1),
            };
            _all.Add(opened);
            FromClient(opened, TcpFlags.Syn, 0);
            byte[] syn = Only(toServer: true);
            FrameFacts seen = FrameReader.Read(syn);
            opened.Real = Parse(seen[FrameFacts.Target]);
            opened.KnownAs = Parse(seen[FrameFacts.Source]);
            opened.KnownPort = ushort.Parse(seen[FrameFacts.SourcePort]);
            opened.RealPort = ushort.Parse(seen[FrameFacts.TargetPort]);
            opened.RealMac = MacAddress.Parse(seen[FrameFacts.TargetMac]);
            FromServer(opened, TcpFlags.Syn | TcpFlags.Ack, 0);
            Only(toServer: false);
            FromClient(opened, TcpFlags.Ack, 0);
            Only(toServer: true);
        }
    }

    /// <summary>
    /// A byte from each client and one from its server: what did not arrive as it should, or null.
    /// </summary>
    public string? Exchange()
    {
        foreach (Connection each in _all)
        {
            FromClient(each, TcpFlags.Ack | TcpFlags.Psh, 1);
            FrameFacts asked = FrameReader.Read(Only(toServer: true));
            FromServer(each, TcpFlags.Ack | TcpFlags.Psh, 1);
            FrameFacts answered = FrameReader.Read(Only(toServer: false));
            FromClient(each, TcpFlags.Ack, 0);
            Only(toServer: true);
            bool arrives = asked[FrameFacts.Target] == each.Real.ToString()
                && asked[FrameFacts.SourcePort] == $"{each.KnownPort}"
                && answered[FrameFacts.Source] == each.Vip.ToString()
                && answered[FrameFacts.TargetMac] == ClientMac.ToString()
                && answered[FrameFacts.Target] == each.Client.ToString();
            if (!arrives)
            {
                return $"{each}: asked {Text(asked)}, answered {Text(answered)}";
            }
        }
        return null;
    }

    /// <summary>A frame of the client, or one that looks like it.</summary>
    public byte[] ClientFrame(
        Connection of, TcpFlags flags, uint sequence, uint acknowledgement, int payload = 0,
        MacAddress? mac = null)
        => Segment(new FrameAddresses<TAddress>
        {
            SourceMac = mac ?? ClientMac,
            DestinationMac = tested.Mac,
            Source = of.Client,
            Destination = of.Vip,
            SourcePort = of.ClientPort,
            DestinationPort = ServicePort,
        }, flags, sequence, acknowledgement, payload);

    /// <summary>A frame of the real server, or one that looks like it.</summary>
    public byte[] ServerFrame(
        Connection of, TcpFlags flags, uint sequence, uint acknowledgement, int payload = 0)
        => Segment(new FrameAddresses<TAddress>
        {
            SourceMac = of.RealMac,
            DestinationMac = tested.Mac,
            Source = of.Real,
            Destination = of.KnownAs,
            SourcePort = of.RealPort,
            DestinationPort = of.KnownPort,
        }, flags, sequence, acknowledgement, payload);

    private byte[] Segment(
        in FrameAddresses<TAddress> addresses, TcpFlags flags, uint sequence, uint acknowledgement,
        int payload)
    {
        int length = FrameWriter.Tcp(
            _buffer, addresses, sequence, acknowledgement, flags, Window, [], new byte[payload]);
        return _buffer[..length];
    }

    private void FromClient(Connection of, TcpFlags flags, int payload)
    {
        tested.Enter(0, ClientFrame(of, flags, of.ClientNext, of.ServerNext, payload));
        of.ClientNext += (uint)payload + ((flags & TcpFlags.Syn) != 0 ? 1u : 0);
    }

    private void FromServer(Connection of, TcpFlags flags, int payload)
    {
        tested.Enter(1, ServerFrame(of, flags, of.ServerNext, of.ClientNext, payload));
        of.ServerNext += (uint)payload + ((flags & TcpFlags.Syn) != 0 ? 1u : 0);
    }

    private byte[] Only(bool toServer)
    {
        MemoryPort port = tested.Ports[toServer ? 1 : 0];
        MemoryPort other = tested.Ports[toServer ? 0 : 1];
        return port.TryTakeSent(out byte[] frame) && port.SentFrames == 0 && other.SentFrames == 0
            ? frame
            : throw new InvalidOperationException("not one frame left, on the side it should");
    }

    private static TAddress Parse(string address)
    {
        Span<byte> bytes = stackalloc byte[16];
        IpAddress parsed = IpAddress.Parse(address);
        if (parsed.IsV6)
        {
            parsed.V6.Write(bytes);
        }
        else
        {
            parsed.V4.Write(bytes);
        }
        return TAddress.Read(bytes);
    }

    private static string Text(FrameFacts facts)
        => string.Join(' ', facts.Select(fact => $"{fact.Key}={fact.Value}"));

    /// <summary>One connection and how far it has come.</summary>
    public sealed class Connection
    {
        public TAddress Client;
        public TAddress Vip;
        public TAddress Real;
        public TAddress KnownAs;
        public MacAddress RealMac;
        public ushort ClientPort;
        public ushort KnownPort;
        public ushort RealPort;
        public uint ClientNext;
        public uint ServerNext;

        public override string ToString() => $"{Client}:{ClientPort} > {Vip} at {Real}:{RealPort}";
    }
}
