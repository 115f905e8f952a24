// The filter that the loops run says of every frame what libpcap's own interpreter says of it; and
// a program that could leave its bounds is refused.

using PacketSwitch.DataPlane;
using PacketSwitch.Explain;
using PacketSwitch.PacketIo;
using PacketSwitch.Tests.Control.Config;
using Xunit;

namespace PacketSwitch.Tests.DataPlane.Observing;

public sealed class FrameProgramTests
{
    private static readonly string[] Parts =
    [
        "tcp", "udp", "icmp", "arp", "ip", "ip6", "icmp6", "vlan", "port 80", "dst port 8080",
        "src portrange 1024-50000", "host 192.0.2.101", "src net 192.0.2.0/25", "net 10.0.0.0/8",
        "tcp[tcpflags] & (tcp-syn|tcp-fin) != 0", "ip[6:2] & 0x1fff = 0", "greater 100", "less 90",
        "ether host 02:00:00:00:00:04", "ip proto 17", "tcp[13] = 0x12", "ether[6] & 1 = 0",
        "(ip[8] % 7) = 1", "(ip[2:2] / 3) * 2 > 40", "ip6 and udp", "ip[0] << 2 > 20",
        "len = 60", "ip host 192.0.2.2 and port 80", "((ip[2:2] - ((ip[0]&0xf)<<2)) != 0)",
        "ether broadcast", "ip multicast", "port 53 or port 443", "ether proto 0x86dd",
    ];

    [Fact]
    public void It_says_of_every_frame_what_libpcap_says()
    {
        const int Seed = 20;
        var random = new Random(Seed);
        byte[][] frames = [.. Frames(random)];
        int matched = 0;
        for (int round = 0; round < 300; round++)
        {
            string expression = Expression(random);
            if (!FrameFilter.TryParse(expression, out FrameFilter? filter, out _))
            {
                continue; // Some sentences make no sense: ip6 host 192.0.2.1.
            }
            using (filter)
            {
                FrameProgram program = filter!.ToProgram(out _)!;
                foreach (byte[] frame in frames)
                {
                    bool expected = filter.Matches(frame);
                    matched += expected ? 1 : 0;
                    Assert.True(
                        expected == program.Matches(frame, frame.Length),
                        $"seed {Seed}: '{expression}' on {Convert.ToHexString(frame)}");
                }
            }
        }
        Assert.True(matched > 1000, $"{matched} matches only");
    }

    [Fact]
    public void Without_an_expression_there_is_no_program_and_a_wrong_one_is_refused_in_words()
    {
        Assert.True(FrameFilter.TryParse(null, out FrameFilter? all, out _));
        Assert.Null(all!.ToProgram(out bool isTooLong));
        Assert.False(isTooLong);
        Assert.False(FrameFilter.TryParse("tcp prot 80", out _, out string? problem));
        Assert.NotNull(problem);
    }

    [Theory]
    [InlineData(0x15, 5, 0, 1)] // jeq beyond the end
    [InlineData(0x05, 0, 0, 9)] // ja beyond the end
    [InlineData(0x02, 0, 0, 16)] // scratch word that is not there
    [InlineData(0x60, 0, 0, 99)]
    [InlineData(0xa0, 0, 0, 0)] // a load of no mode
    [InlineData(0xb4, 0, 0, 1)] // no operation
    public void A_program_that_leaves_its_bounds_is_refused(
        ushort code, byte whenTrue, byte whenFalse, uint value)
        => Assert.False(FrameProgram.TryCreate(
            [new FilterInstruction(code, whenTrue, whenFalse, value), new(0x06, 0, 0, 1)], out _));

    [Fact]
    public void A_program_that_does_not_end_is_refused_and_one_that_reads_beyond_matches_nothing()
    {
        Assert.False(FrameProgram.TryCreate([], out _));
        Assert.False(FrameProgram.TryCreate([new(0x00, 0, 0, 1)], out _));
        foreach (ushort load in new ushort[] { 0x20, 0x28, 0x30, 0x40, 0x48, 0x50, 0xb1 })
        {
            Assert.True(FrameProgram.TryCreate(
                [new(load, 0, 0, uint.MaxValue), new(0x06, 0, 0, 1)], out FrameProgram? program));
            Assert.False(program!.Matches(new byte[60], 60));
        }
        Assert.True(FrameProgram.TryCreate(
            [new(0x80, 0, 0, 0), new(0x34, 0, 0, 0), new(0x06, 0, 0, 1)],
            out FrameProgram? divides));
        Assert.False(divides!.Matches(new byte[60], 60));
    }

    // Random bytes of any instruction never throw: refused, or run within bounds.
    [Fact]
    public void Random_programs_are_refused_or_run()
    {
        var random = new Random(7);
        byte[] frame = new byte[100];
        random.NextBytes(frame);
        int ran = 0;
        for (int round = 0; round < 200_000; round++)
        {
            var code = new FilterInstruction[random.Next(1, 6)];
            for (int i = 0; i < code.Length; i++)
            {
                code[i] = new FilterInstruction(
                    (ushort)random.Next(256), (byte)random.Next(4), (byte)random.Next(4),
                    (uint)random.Next(random.Next(2) == 0 ? 20 : int.MaxValue));
            }
            if (FrameProgram.TryCreate(code, out FrameProgram? program))
            {
                ran++;
                program!.Matches(frame, frame.Length);
            }
        }
        Assert.True(ran > 1000, $"{ran} ran");
    }

    private static string Expression(Random random)
    {
        string text = Parts[random.Next(Parts.Length)];
        for (int more = random.Next(4); more > 0; more--)
        {
            string join = random.Next(2) == 0 ? "and" : "or";
            string not = random.Next(3) == 0 ? "not " : "";
            text = $"({text}) {join} {not}({Parts[random.Next(Parts.Length)]})";
        }
        return text;
    }

    // Frames of the repository's captures, whole and cut, and noise.
    private static IEnumerable<byte[]> Frames(Random random)
    {
        string folder = Path.Combine(Texts.RepositoryRoot, "captures");
        string[] files =
        [
            .. Directory.GetFiles(folder, "*.pcap").Order(StringComparer.Ordinal),
            .. Directory.GetFiles(Path.Combine(folder, "drops"), "*.pcap")
                .Order(StringComparer.Ordinal),
        ];
        foreach (string file in files)
        {
            Assert.True(CaptureFileReader.TryOpen(file, out CaptureFileReader? reader, out _));
            using (reader)
            {
                for (int i = 0; i < 12 && reader!.TryRead(out CaptureFrame frame); i++)
                {
                    byte[] bytes = frame.Bytes.ToArray();
                    yield return bytes;
                    yield return bytes[..random.Next(Math.Min(bytes.Length, 60))];
                }
            }
        }
        for (int i = 0; i < 40; i++)
        {
            byte[] noise = new byte[random.Next(14, 120)];
            random.NextBytes(noise);
            yield return noise;
        }
    }
}
