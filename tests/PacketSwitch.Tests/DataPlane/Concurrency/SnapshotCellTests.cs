// The one atomic reference between control and data plane.

using PacketSwitch.DataPlane;
using PacketSwitch.Wire;
using Xunit;

namespace PacketSwitch.Tests.DataPlane.Concurrency;

public sealed class SnapshotCellTests
{
    [Fact]
    public void The_snapshot_published_last_is_current()
    {
        var first = new SwitchSnapshot { Version = 1 };
        var cell = new SnapshotCell(first);
        Assert.Same(first, cell.Current);

        SwitchSnapshot second = first.WithNeighbors(2, []);
        cell.Publish(second);

        Assert.Same(second, cell.Current);
    }

    [Fact]
    public void Other_neighbours_leave_the_rest_of_a_snapshot_as_it_was()
    {
        var snapshot = new SwitchSnapshot
        {
            Version = 1,
            SlbOn = true,
            DirectAccess = true,
            Mac = new MacAddress(1),
            Ports = [PortRoles.Client],
            Interfaces = [new InterfaceAddress(1, IpAddress.Parse("10.0.0.1"), 8, 0)],
            Timers = SessionTimers.Rfc,
        };

        SwitchSnapshot changed = snapshot.WithNeighbors(2, [new Neighbor(IpAddress.Parse("10.0.0.2"), default, 1, 0)]);

        Assert.Equal(2, changed.Version);
        Assert.Single(changed.Neighbors);
        foreach (System.Reflection.PropertyInfo property in typeof(SwitchSnapshot).GetProperties())
        {
            // Routes are neighbours by address.
            if (property.Name is not (nameof(SwitchSnapshot.Version) or nameof(SwitchSnapshot.Neighbors)
                or nameof(SwitchSnapshot.Routes)))
            {
                Assert.Equal(property.GetValue(snapshot), property.GetValue(changed));
            }
        }
    }

    [Fact]
    public void A_reader_sees_versions_go_up_and_whole_snapshots()
    {
        const int Versions = 100_000;
        var cell = new SnapshotCell(new SwitchSnapshot { Version = 0 });
        var writer = new Thread(() =>
        {
            for (int version = 1; version <= Versions; version++)
            {
                cell.Publish(new SwitchSnapshot { Version = version, Mac = new MacAddress((ulong)version) });
            }
        });
        writer.Start();

        long last = 0;
        while (last < Versions)
        {
            SwitchSnapshot current = cell.Current;
            Assert.True(current.Version >= last);
            Assert.Equal((ulong)current.Version, current.Mac.Value);
            last = current.Version;
        }
        writer.Join();
    }
}
