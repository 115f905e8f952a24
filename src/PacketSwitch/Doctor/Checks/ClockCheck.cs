// Which clock the kernel reads. The switch asks for the time once a burst: a clock that is a system
// call or a slow device costs more than the frames.

namespace PacketSwitch.Doctor.Checks;

/// <summary>The kernel's clock source.</summary>
internal sealed class ClockCheck : IDoctorCheck
{
    private const string Folder = "/sys/devices/system/clocksource/clocksource0";
    private static readonly string[] Slow = ["acpi_pm", "hpet", "jiffies", "refined-jiffies", "pit"];

    public string Name => "clock";

    public IEnumerable<Finding> Examine(Examination patient)
    {
        string present = Read("current_clocksource");
        if (present == "") yield break;
        string? better = Read("available_clocksource").Split(' ').FirstOrDefault(
            name => name != "" && !Slow.Contains(name));
        yield return !Slow.Contains(present)
            ? Finding.Ok(present)
            : better is null
                ? Finding.Ok($"{present}, the only one here; it is slow to read")
                : Finding.Warn(
                    $"{present} is slow to read, and the switch reads it once a burst",
                    new Cure($"sh -c 'echo {better} >{Folder}/current_clocksource'"));
    }

    private static string Read(string file)
    {
        try
        {
            return File.ReadAllText(Path.Combine(Folder, file)).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
