// Whether this process may open packet sockets and change interfaces.

using System.Globalization;

namespace PacketSwitch.Doctor.Checks;

/// <summary>CAP_NET_RAW and CAP_NET_ADMIN (capabilities(7)).</summary>
internal sealed class CapabilityCheck : IDoctorCheck
{
    private const int NetAdmin = 12;
    private const int NetRaw = 13;

    public string Name => "capabilities";

    public IEnumerable<Finding> Examine(Examination patient)
    {
        ulong effective = Effective();
        string[] missing =
        [
            .. (effective & (1UL << NetRaw)) == 0 ? ["CAP_NET_RAW (open the ports)"] : (string[])[],
            .. (effective & (1UL << NetAdmin)) == 0
                ? ["CAP_NET_ADMIN (change their settings)"] : (string[])[],
        ];
        yield return missing.Length == 0
            ? Finding.Ok("CAP_NET_RAW, CAP_NET_ADMIN")
            : Finding.Fail(
                $"not held: {string.Join(", ", missing)}; run it with sudo, or once:",
                new Cure($"setcap cap_net_raw,cap_net_admin=eip {Program()}"));
    }

    private static ulong Effective()
    {
        const string Word = "CapEff:";
        string? line = File.ReadLines("/proc/self/status")
            .FirstOrDefault(line => line.StartsWith(Word, StringComparison.Ordinal));
        return ulong.TryParse(
            line.AsSpan(Math.Min(Word.Length, line?.Length ?? 0)).Trim(),
            NumberStyles.HexNumber, CultureInfo.InvariantCulture, out ulong bits) ? bits : 0;
    }

    // Started by `dotnet packetswitch.dll`, the process is dotnet, which shall not get the right to
    // do this for every program; the executable of ours lies beside the library.
    private static string Program()
    {
        string own = Path.Combine(AppContext.BaseDirectory, "packetswitch");
        return File.Exists(own) ? own : Environment.ProcessPath ?? "packetswitch";
    }
}
