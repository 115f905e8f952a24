// The short way through the classifier against the long one: on every frame, well-formed or
// spoiled, it has the views' result or leaves the frame to them.

using System.Runtime.InteropServices;
using PacketSwitch.DataPlane;
using PacketSwitch.PacketIo;
using PacketSwitch.Tests.Wire;
using PacketSwitch.Wire;
using Xunit;

namespace PacketSwitch.Tests.DataPlane;

public sealed class PlainHeadersTests
{
    private const int Frames = 60_000;
    private const int MostBytes = 1_700;

    [Theory]
    [InlineData(21, OffloadSupport.None, PortRoles.Client)]
    [InlineData(22, OffloadSupport.ByValue, PortRoles.Client)]
    [InlineData(23, OffloadSupport.ByValue, PortRoles.Server)]
    public void A_plain_frame_is_described_as_the_views_describe_it(
        int seed, OffloadSupport offloads, PortRoles roles)
    {
        var random = new Random(seed);
        using var tables = new SharedTables(4, 1);
        var classifier = new Classifier(tables.Sessions4, tables.Sessions6);
        var port = new PortContext(0, new MemoryPort(1) { Offloads = offloads });
        var memory = new FrameMemory(1, MostBytes);
        var shortWay = new FrameBurst { Count = 1 };
        var longWay = new FrameBurst { Count = 1 };
        FlowSide side = roles == PortRoles.Client ? FlowSide.Client : FlowSide.Server;
        int plain = 0;
        int spoiled = 0;
        for (int round = 0; round < Frames; round++)
        {
            byte[] bytes = NextFrame(random);
            bytes.CopyTo(memory.Slot(0));
            shortWay.Frames[0] = longWay.Frames[0] = memory.Describe(0, bytes.Length);
            shortWay.Infos[0] = longWay.Infos[0] = default;
            shortWay.Keys4[0] = longWay.Keys4[0] = default;

            classifier.Classify(shortWay, port, roles);
            classifier.Describe(
                ref longWay.Frames[0], ref longWay.Infos[0], longWay, 0, side,
                offloads == OffloadSupport.ByValue);

            ref FrameInfo info = ref longWay.Infos[0];
            info.IsSuperFrame = shortWay.Infos[0].IsSuperFrame; // Set for both ways after them.
            info.IsPlain = shortWay.Infos[0].IsPlain;
            longWay.Frames[0].BurstIndex = 0;
            bool same = Bytes(ref info).SequenceEqual(Bytes(ref shortWay.Infos[0]))
                && Bytes(ref longWay.Frames[0]).SequenceEqual(Bytes(ref shortWay.Frames[0]))
                && (info.Kind != FrameKind.Flow4
                    || Bytes(ref longWay.Keys4[0]).SequenceEqual(Bytes(ref shortWay.Keys4[0])));
            Assert.True(same, $"seed {seed}, frame {round}: {Convert.ToHexString(bytes)}");
            bool isPlain = info.Kind == FrameKind.Flow4
                && info.TransportOffset == PlainHeaders.TransportStart;
            plain += isPlain ? 1 : 0;
            spoiled += info.Verdict == Verdict.Drop ? 1 : 0;
        }
        Assert.InRange(plain, Frames / 20, Frames);
        Assert.InRange(spoiled, Frames / 20, Frames);
    }

    // Half of the frames have spoiled bytes or lengths, mostly where the headers are; of those,
    // some have a right header checksum again, so that they get past it.
    private static byte[] NextFrame(Random random)
    {
        byte[] frame = RandomFrames.Next(random);
        if (random.Next(2) == 0)
        {
            return frame;
        }
        for (int i = random.Next(3); i >= 0; i--)
        {
            frame[random.Next(Math.Min(frame.Length, 60))] = (byte)random.Next(256);
        }
        if (random.Next(4) == 0)
        {
            frame = frame[..random.Next(frame.Length + 1)];
        }
        if (random.Next(2) == 0 && frame.Length > 14
            && Ipv4View.TryWrap(frame.AsSpan(14), out Ipv4View ip))
        {
            ip.CompleteHeaderChecksum();
        }
        return frame;
    }

    private static ReadOnlySpan<byte> Bytes<T>(ref T value) where T : unmanaged
        => MemoryMarshal.AsBytes(new ReadOnlySpan<T>(ref value));
}
