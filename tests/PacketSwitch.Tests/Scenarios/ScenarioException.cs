// A scenario that cannot be read, or does not hold. The message begins with file:line.

namespace PacketSwitch.Tests.Scenarios;

internal sealed class ScenarioException(string message) : Exception(message);
