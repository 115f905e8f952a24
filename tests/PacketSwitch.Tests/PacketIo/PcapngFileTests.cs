// pcapng files of every make, whole and broken: either byte order, several interfaces and sections, clocks of all kinds.

using PacketSwitch.PacketIo;
using Xunit;

namespace PacketSwitch.Tests.PacketIo;

public sealed class PcapngFileTests : IDisposable
{
    private const uint Section = 0x0a0d0d0a, Interface = 1, Obsolete = 2, Simple = 3, Enhanced = 6;
    private readonly TemporaryFolder _files = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Interfaces_that_differ_in_snapshot_length_and_clock_are_read(bool isBigEndian)
    {
        var file = new Writer(isBigEndian);
        file.Block(Section, file.SectionBody());
        file.Block(Interface, file.InterfaceBody(1, 262_144));
        file.Block(Interface, file.InterfaceBody(1, 65_536, [.. file.Option(9, [9])]));
        file.Block(Interface, file.InterfaceBody(1, 0, [.. file.Option(9, [0x80 | 10]), .. file.Option(14, file.Long(5))]));
        file.Block(0x0bad, [1, 2, 3, 4]);
        file.Packet(0, 1_000_001, TestFrames.Make(1));
        file.Packet(1, 3_000_000_007, TestFrames.Make(2, 61));
        file.Packet(2, 2048 + 512, TestFrames.Make(3));

        List<(long TimeNs, byte[] Bytes)> frames = TemporaryFolder.ReadCapture(_files.WriteBytes("a.pcapng", [.. file.Bytes]));

        Assert.Equal([1_000_001_000, 3_000_000_007, 7_500_000_000], frames.Select(frame => frame.TimeNs));
        Assert.Equal([TestFrames.Make(1), TestFrames.Make(2, 61), TestFrames.Make(3)], frames.Select(frame => frame.Bytes));
    }

    [Fact]
    public void A_new_section_forgets_the_interfaces_and_may_change_the_byte_order()
    {
        var little = new Writer(false);
        little.Block(Section, little.SectionBody());
        little.Block(Interface, little.InterfaceBody(1, 0));
        little.Packet(0, 1, TestFrames.Make(1));
        var big = new Writer(true);
        big.Block(Section, big.SectionBody());
        big.Packet(0, 2, TestFrames.Make(2));
        using CaptureFileReader reader = Open([.. little.Bytes, .. big.Bytes]);

        Assert.True(reader.TryRead(out _));
        Assert.False(reader.TryRead(out _));

        Assert.Contains("after frame 1: a packet of interface 0, which is not described", reader.Problem!.Message);
    }

    [Fact]
    public void Simple_and_obsolete_packets_are_read()
    {
        byte[] bytes = TestFrames.Make(1, 70);
        var file = new Writer(false);
        file.Block(Section, file.SectionBody());
        file.Block(Interface, file.InterfaceBody(1, 64));
        file.Block(Obsolete, [.. file.Short(0), .. file.Short(9), .. file.Word(0), .. file.Word(5), .. file.Word(70),
            .. file.Word(70), .. bytes, 0, 0]);
        file.Block(Simple, [.. file.Word(70), .. bytes[..64]]);
        using CaptureFileReader reader = Open(file.Bytes);

        Assert.True(reader.TryRead(out CaptureFrame whole));
        Assert.Equal((5_000, 70, 70), (whole.TimeNs, whole.Bytes.Length, whole.WireLength));
        Assert.True(reader.TryRead(out CaptureFrame cut));
        Assert.Equal((5_000, 64, 70), (cut.TimeNs, cut.Bytes.Length, cut.WireLength));
        Assert.False(reader.TryRead(out _));
        Assert.Null(reader.Problem);
    }

    [Fact]
    public void An_interface_that_is_not_Ethernet_is_refused_before_the_first_frame_and_named_after_it()
    {
        var first = new Writer(false);
        first.Block(Section, first.SectionBody());
        first.Block(Interface, first.InterfaceBody(113, 0));
        string path = _files.WriteBytes("sll.pcapng", [.. first.Bytes]);

        Assert.False(CaptureFileReader.TryOpen(path, out _, out PortProblem? problem));
        Assert.Equal(
            $"capture {path}: has link type LinuxSll (113), not Ethernet; capture on an Ethernet interface (not on 'any')",
            problem!.Message);

        var later = new Writer(false);
        later.Block(Section, later.SectionBody());
        later.Block(Interface, later.InterfaceBody(1, 0));
        later.Packet(0, 1, TestFrames.Make(1));
        later.Block(Interface, later.InterfaceBody(113, 0));
        using CaptureFileReader reader = Open(later.Bytes);
        Assert.True(reader.TryRead(out _));
        Assert.False(reader.TryRead(out _));
        Assert.Contains("after frame 1: an interface of link type LinuxSll (113)", reader.Problem!.Message);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_section_of_another_major_version_is_refused_and_named(bool isBigEndian)
    {
        var first = new Writer(isBigEndian);
        first.Block(Section, first.SectionBody(2));
        first.Block(Interface, first.InterfaceBody(1, 0));
        first.Packet(0, 1, TestFrames.Make(1));
        string path = _files.WriteBytes("two.pcapng", [.. first.Bytes]);

        Assert.False(CaptureFileReader.TryOpen(path, out _, out PortProblem? problem));
        Assert.Equal(
            $"capture {path}: is not a capture that can be read: a section of pcapng version 2.0, "
            + "and only 1.x is known, at byte 28; pcap and pcapng are read", problem!.Message);

        var later = new Writer(isBigEndian);
        later.Block(Section, later.SectionBody());
        later.Block(Interface, later.InterfaceBody(1, 0));
        later.Packet(0, 1, TestFrames.Make(1));
        using CaptureFileReader reader = Open([.. later.Bytes, .. first.Bytes]);
        Assert.True(reader.TryRead(out _));
        Assert.False(reader.TryRead(out _));
        Assert.Contains("after frame 1: a section of pcapng version 2.0", reader.Problem!.Message);
    }

    [Fact]
    public void Whatever_is_cut_off_or_spoiled_is_one_line_and_no_exception()
    {
        var file = new Writer(false);
        var blockEnds = new List<int>();
        file.Block(Section, file.SectionBody());
        blockEnds.Add(file.Bytes.Count);
        file.Block(Interface, file.InterfaceBody(1, 0, [.. file.Option(9, [9])]));
        blockEnds.Add(file.Bytes.Count);
        file.Packet(0, 1, TestFrames.Make(1));
        blockEnds.Add(file.Bytes.Count);
        file.Packet(0, 2, TestFrames.Make(2));
        byte[] whole = [.. file.Bytes];
        int seed = Environment.TickCount;
        var random = new Random(seed);

        for (int length = 4; length < whole.Length; length++)
        {
            bool isWhole = Judge(whole[..length], $"cut at {length}");

            Assert.True(isWhole == blockEnds.Contains(length), $"cut at {length}");
        }
        for (int round = 0; round < 500; round++)
        {
            byte[] spoiled = [.. whole];
            for (int i = random.Next(1, 4); i > 0; i--)
            {
                spoiled[random.Next(4, spoiled.Length)] = (byte)random.Next(256);
            }
            Judge(spoiled, $"seed {seed}, round {round}");
        }
    }

    [Fact]
    public void A_time_before_1970_is_the_beginning_of_the_range()
    {
        var file = new Writer(false);
        file.Block(Section, file.SectionBody());
        file.Block(Interface, file.InterfaceBody(1, 0, file.Option(14, file.Long(-5))));
        file.Packet(0, 4_000_000, TestFrames.Make(1));
        file.Packet(0, 6_000_000, TestFrames.Make(2));

        List<(long TimeNs, byte[] Bytes)> frames =
            TemporaryFolder.ReadCapture(_files.WriteBytes("early.pcapng", [.. file.Bytes]));

        Assert.Equal([0, 1_000_000_000], frames.Select(frame => frame.TimeNs));
    }

    public void Dispose() => _files.Dispose();

    // True when the file was read to its end without a complaint.
    private bool Judge(byte[] bytes, string what)
    {
        string path = _files.WriteBytes("spoiled.pcapng", bytes);
        if (!CaptureFileReader.TryOpen(path, out CaptureFileReader? reader, out PortProblem? problem))
        {
            Assert.False(problem!.Message.Contains('\n'), what);
            return false;
        }
        using CaptureFileReader opened = reader!;
        int frames = 0;
        while (opened.TryRead(out CaptureFrame frame))
        {
            Assert.True(frame.Bytes.Length <= bytes.Length, what);
            frames++;
        }
        Assert.True(frames <= 2, what);
        return opened.Problem is null;
    }

    private CaptureFileReader Open(IReadOnlyList<byte> bytes)
    {
        string path = _files.WriteBytes("open.pcapng", [.. bytes]);
        Assert.True(CaptureFileReader.TryOpen(path, out CaptureFileReader? reader, out PortProblem? problem), problem?.Message);
        return reader!;
    }

    private sealed class Writer(bool isBigEndian)
    {
        public List<byte> Bytes { get; } = [];

        public byte[] SectionBody(ushort major = 1)
            => [.. Word(0x1a2b3c4d), .. Short(major), .. Short(0), .. Long(-1)];

        public byte[] InterfaceBody(ushort linkType, uint snapLength, params byte[] options)
            => [.. Short(linkType), .. Short(0), .. Word(snapLength), .. options];

        public byte[] Option(ushort code, byte[] value)
            => [.. Short(code), .. Short((ushort)value.Length), .. value, .. new byte[(4 - (value.Length % 4)) % 4]];

        public void Packet(uint number, ulong stamp, byte[] bytes)
            => Block(Enhanced,
            [
                .. Word(number), .. Word((uint)(stamp >> 32)), .. Word((uint)stamp), .. Word((uint)bytes.Length),
                .. Word((uint)bytes.Length), .. bytes, .. new byte[(4 - (bytes.Length % 4)) % 4],
            ]);

        public void Block(uint type, byte[] body)
        {
            uint length = (uint)body.Length + 12;
            Bytes.AddRange([.. Word(type), .. Word(length), .. body, .. Word(length)]);
        }

        public byte[] Short(ushort value) => Ordered(BitConverter.GetBytes(value));

        public byte[] Word(uint value) => Ordered(BitConverter.GetBytes(value));

        public byte[] Long(long value) => Ordered(BitConverter.GetBytes(value));

        private byte[] Ordered(byte[] bytes)
        {
            if (isBigEndian == BitConverter.IsLittleEndian)
            {
                Array.Reverse(bytes);
            }
            return bytes;
        }
    }
}
