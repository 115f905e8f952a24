// A connection of a test: both directions as OffloadKeeper describes them, frames of it, and what
// the loops' own rewriter makes of such a frame.

using System.Buffers.Binary;
using PacketSwitch.DataPlane;
using PacketSwitch.Tests.DataPlane.Rewriting;
using PacketSwitch.Tests.DataPlane.Sessions;
using PacketSwitch.Wire;

namespace PacketSwitch.Tests.PacketIo.Offload;

internal sealed class CarriedFlow<TAddress> where TAddress : unmanaged, IIpAddress<TAddress>
{
    public const uint FirstSequence = 1_000, FirstAcknowledgement = 2_000;

    private FlowEntry<TAddress> _client;
    private FlowEntry<TAddress> _server;

    private CarriedFlow(TAddress client, ushort port, TAddress vip, ushort service)
    {
        _client.Key = new FlowKey<TAddress>
        {
            Source = client,
            Destination = vip,
            SourcePort = port,
            DestinationPort = service,
            Protocol = IpProtocol.Tcp,
        };
    }

    public static MacAddress ClientMac => new(0x0200_0000_00c1);

    public static MacAddress SwitchMac => new(0x0200_0000_00aa);

    public static MacAddress ServerMac => new(0x0200_0000_0051);

    /// <summary>Where the TCP header begins.</summary>
    public static int Transport => TAddress.IsV6 ? 54 : 34;

    public OffloadedFlow FromClient { get; set; }

    public OffloadedFlow FromServer { get; set; }

    /// <summary>The destination becomes the server.</summary>
    public static CarriedFlow<TAddress> HalfNat(uint client) => Nat(
        client, 40_001, 0xc000_0202, 80, client, 40_001, 0xc000_0205, 8_080);

    /// <summary>The source becomes the switch, too.</summary>
    public static CarriedFlow<TAddress> FullNat(uint client) => Nat(
        client, 40_001, 0xc000_0202, 80, 0xc000_0214, 50_002, 0xc000_0205, 8_080);

    /// <summary>Any addresses and ports to any others.</summary>
    public static CarriedFlow<TAddress> Nat(
        uint client, ushort port, uint vip, ushort service, uint newSource, ushort newPort,
        uint real, ushort realPort)
    {
        var flow = new CarriedFlow<TAddress>(Address(client), port, Address(vip), service);
        RewritePlans.ForNat(
            ref flow._client, ref flow._server, Address(newSource), newPort, Address(real),
            realPort, neighbor: 0);
        flow.FromServer = Describe(flow._server) with
        {
            IngressPort = FlowsHarness.ServerPort,
            EgressPort = FlowsHarness.ClientPort,
            NewDestinationMac = ClientMac,
        };
        return flow.Finish();
    }

    /// <summary>Only the MACs change, both ways.</summary>
    public static CarriedFlow<TAddress> MacsOnly(uint client) => Nat(
        client, 40_001, 0xc000_0202, 80, client, 40_001, 0xc000_0202, 80);

    /// <summary>Only the MACs change, and the answers do not come through.</summary>
    public static CarriedFlow<TAddress> Dsr(uint client)
    {
        var flow = new CarriedFlow<TAddress>(Address(client), 40_001, Address(0xc000_0202), 80);
        RewritePlans.ForDsr(ref flow._client, ref flow._server, neighbor: 0);
        return flow.Finish();
    }

    /// <summary>A frame of the connection, as it comes in.</summary>
    public byte[] Frame(
        bool fromClient, uint sequence, int payload = 100, TcpFlags flags = TcpFlags.Ack,
        uint acknowledgement = FirstAcknowledgement, ushort window = 500, int options = 0)
    {
        ref FlowKey<TAddress> key = ref fromClient ? ref _client.Key : ref _server.Key;
        var addresses = new FrameAddresses<TAddress>
        {
            SourceMac = fromClient ? ClientMac : ServerMac,
            DestinationMac = SwitchMac,
            Source = key.Source,
            Destination = key.Destination,
            SourcePort = key.SourcePort,
            DestinationPort = key.DestinationPort,
        };
        byte[] bytes = new byte[payload];
        for (int i = 0; i < payload; i++) bytes[i] = (byte)(i * 7);
        byte[] noOperation = new byte[options];
        Array.Fill(noOperation, (byte)1);
        byte[] frame = new byte[payload + 200];
        int length = FrameWriter.Tcp(
            frame, addresses, sequence, acknowledgement, flags, window, noOperation, bytes);
        return frame[..length];
    }

    /// <summary>The frame as the loops would send it.</summary>
    public byte[] Rewritten(
        bool fromClient, byte[] frame, ChecksumState state = ChecksumState.Complete)
    {
        var copy = new TestFrame<TAddress>(frame, OffloadSupport.Metadata);
        ref FlowEntry<TAddress> entry = ref fromClient ? ref _client : ref _server;
        FrameRewriter.Apply(ref entry.Rewrite, copy.Descriptor.Span, ref copy.Info, state);
        FrameRewriter.SetMacs(
            ref copy.Descriptor, (fromClient ? ServerMac : ClientMac).Value, SwitchMac.Value);
        return copy.Bytes;
    }

    /// <summary>Leaves the checksum for a network card to finish.</summary>
    public static byte[] Unfinished(byte[] frame)
    {
        byte[] result = [.. frame];
        var copy = new TestFrame<TAddress>(frame, OffloadSupport.Metadata);
        uint sum = InternetChecksum.PseudoHeaderSum(
            copy.Key.Source, copy.Key.Destination, IpProtocol.Tcp, copy.Info.TransportLength);
        SetChecksum(result, InternetChecksum.Fold(sum));
        return result;
    }

    /// <summary>Puts any TCP checksum into a frame.</summary>
    public static void SetChecksum(byte[] frame, ushort checksum) =>
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(Transport + 16), checksum);

    private static TAddress Address(uint number) => TestFlows.Address<TAddress>(number);

    private CarriedFlow<TAddress> Finish()
    {
        FromClient = Describe(_client) with
        {
            IngressPort = FlowsHarness.ClientPort,
            EgressPort = FlowsHarness.ServerPort,
            NewDestinationMac = ServerMac,
        };
        return this;
    }

    private static OffloadedFlow Describe(in FlowEntry<TAddress> entry)
    {
        var ends = new OffloadedEnds(
            Plain(entry.Key.Source), Plain(entry.Key.Destination), entry.Key.SourcePort,
            entry.Key.DestinationPort);
        var newEnds = new OffloadedEnds(
            Plain(entry.Rewrite.Source), Plain(entry.Rewrite.Destination),
            entry.Rewrite.SourcePort, entry.Rewrite.DestinationPort);
        return new OffloadedFlow
        {
            IsPresent = true,
            Ends = ends,
            NewEnds = (entry.Rewrite.Flags & RewriteFlags.Addresses) != 0 ? newEnds : ends,
            MaxFrameBytes = 1_514,
            NewSourceMac = SwitchMac,
            SequenceEnd = FirstSequence,
            Acknowledged = FirstAcknowledgement,
        };
    }

    private static IpAddress Plain(TAddress address) => IpAddress.Parse(address.ToString()!);
}
