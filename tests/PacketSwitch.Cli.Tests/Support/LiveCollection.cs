// Tests that run the switch live wait for the clock of the machine; they have it to themselves.

using Xunit;

namespace PacketSwitch.Cli.Tests.Support;

[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class LiveCollection
{
    public const string Name = "live";
}
