// When an interface's frames are steered to processors by their flow, and what is left alone.

using System.Numerics;
using PacketSwitch.PacketIo;
using Xunit;

namespace PacketSwitch.Tests.PacketIo;

public sealed class PacketSteeringTests : IDisposable
{
    private const int Index = 7;

    private readonly TemporaryFolder _folder = new();
    private readonly PacketSteering _steering;

    public PacketSteeringTests()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Mask)!);
        File.WriteAllText(Path.Combine(_folder.PathOf("p8"), "ifindex"), $"{Index}\n");
        File.WriteAllText(Mask, "00\n");
        _steering = new PacketSteering("p8", _folder.PathOf("."));
    }

    private string Mask => Path.Combine(_folder.PathOf("p8"), "queues", "rx-0", "rps_cpus");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void It_steers_while_it_is_wanted_and_a_second_longer()
    {
        _steering.Follow(isWanted: false, Index, nowMs: 0);
        Assert.Equal("00\n", File.ReadAllText(Mask));

        _steering.Follow(isWanted: true, Index, nowMs: 250);
        int processors = File.ReadAllText(Mask).Where(digit => digit != ',')
            .Sum(digit => BitOperations.PopCount(Convert.ToUInt32(digit.ToString(), 16)));
        Assert.Equal(Environment.ProcessorCount, processors);

        _steering.Follow(isWanted: false, Index, nowMs: 500);
        _steering.Follow(isWanted: false, Index, nowMs: 1250);
        Assert.NotEqual("0", File.ReadAllText(Mask));
        _steering.Follow(isWanted: false, Index, nowMs: 1500);
        Assert.Equal("0", File.ReadAllText(Mask));
    }

    [Fact]
    public void At_the_end_it_is_put_back_at_once()
    {
        _steering.Follow(isWanted: true, Index, nowMs: 0);

        _steering.Restore();

        Assert.Equal("0", File.ReadAllText(Mask));
    }

    [Fact]
    public void A_mask_that_somebody_has_set_is_left_alone()
    {
        File.WriteAllText(Mask, "2\n");

        _steering.Follow(isWanted: true, Index, nowMs: 0);
        _steering.Restore();

        Assert.Equal("2\n", File.ReadAllText(Mask));
    }

    [Fact]
    public void An_interface_with_several_queues_or_of_another_namespace_is_left_alone()
    {
        _steering.Follow(isWanted: true, Index + 1, nowMs: 0);
        Assert.Equal("00\n", File.ReadAllText(Mask));

        Directory.CreateDirectory(Path.Combine(_folder.PathOf("p8"), "queues", "rx-1"));
        _steering.Follow(isWanted: true, Index, nowMs: 0);
        Assert.Equal("00\n", File.ReadAllText(Mask));
    }

    [Fact]
    public void Where_sysfs_tells_nothing_nothing_happens()
    {
        var other = new PacketSteering("gone", _folder.PathOf("."));

        other.Follow(isWanted: true, Index, nowMs: 0);
        other.Restore();

        Assert.Single(Directory.GetFileSystemEntries(_folder.PathOf(".")));
    }
}
