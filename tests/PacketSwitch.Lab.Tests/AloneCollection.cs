// Labs that measure time, or that fill both cores, run when all others have ended, one by one.
using Xunit;

namespace PacketSwitch.Lab.Tests;

[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AloneCollection
{
    public const string Name = "alone";
}
