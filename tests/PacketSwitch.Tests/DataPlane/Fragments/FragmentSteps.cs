// What the tests of fragments do alike: a client's divided request, and what must arrive of it.

using Xunit;

namespace PacketSwitch.Tests.DataPlane.Fragments;

internal static class FragmentSteps
{
    /// <summary>The client's port.</summary>
    public const ushort Port = 40_000;

    /// <summary>The client's request with so many bytes.</summary>
    public static byte[] Whole(BalancedNet net, int bytes, ushort sourcePort = Port)
        => Whole(net, BalancedNet.Bytes(bytes), sourcePort);

    /// <summary>The client's request, divided at two places.</summary>
    public static byte[][] Request(
        BalancedNet net, byte[] payload, ushort id, int cut, int otherCut, ushort sourcePort = Port)
        => Fragmenter.Cut(Whole(net, payload, sourcePort), id, cut, otherCut);

    /// <summary>The request has reached one server, translated.</summary>
    public static void AssertRequest(BalancedNet net, byte[] payload, List<byte[]> left)
    {
        int real = Assert.Single(left.Select(net.RealOf).Distinct());
        byte[]? joined = Fragmenter.Join(left);
        byte[] expected = net.Udp(net.Client, Port, net.Real(real), BalancedNet.RealPort, payload);
        Assert.NotNull(joined);
        Assert.Equal(expected[14..], joined[14..]);
    }

    private static byte[] Whole(BalancedNet net, byte[] payload, ushort sourcePort)
        => net.Udp(net.Client, sourcePort, net.Vip, BalancedNet.Service, payload);
}
