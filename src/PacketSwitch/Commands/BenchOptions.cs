// The options of `packetswitch bench`. Filled by the command line, checked and used by BenchCommand.

namespace PacketSwitch.Commands;

/// <summary>What to measure.</summary>
/// <param name="Seconds">Seconds of engine time over known sessions, 1 to 3,600.</param>
/// <param name="Flows">Sessions, 64 to 16 million.</param>
/// <param name="Size">Bytes of a frame on the wire, its check sequence included: 64 to 1,518.</param>
/// <param name="Json">Print one JSON object and nothing else.</param>
public sealed record BenchOptions(int Seconds = 3, int Flows = 1_000_000, int Size = 64, bool Json = false);
