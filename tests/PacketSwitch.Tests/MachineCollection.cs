// Tests on the machine's own sockets, threads and clock: a time-out in them is meant as one, so
// they have the machine to themselves. Beside tests that keep every processor busy, a check that
// was to be refused would time out instead.

using Xunit;

namespace PacketSwitch.Tests;

[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class MachineCollection
{
    public const string Name = "machine";
}
