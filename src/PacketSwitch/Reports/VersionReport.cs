// What `version --json` says.

namespace PacketSwitch.Reports;

/// <summary>The program.</summary>
/// <param name="Name">packetswitch.</param>
/// <param name="Version">Its version.</param>
/// <param name="Runtime">The .NET it runs on.</param>
/// <param name="Os">The operating system.</param>
/// <param name="Cpu">The processor's architecture: x64, arm64.</param>
internal sealed record VersionReport(
    string Name, string Version, string Runtime, string Os, string Cpu)
{
    public int Schema { get; init; } = 1;
}
