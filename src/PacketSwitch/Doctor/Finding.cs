// One line of doctor: how bad, what and why, and the commands that cure it. Made by checks.

namespace PacketSwitch.Doctor;

/// <summary>What a check found.</summary>
internal sealed record Finding(DoctorLevel Level, string Text, params Cure[] Cures)
{
    public static Finding Ok(string text) => new(DoctorLevel.Ok, text);

    public static Finding Warn(string text, params Cure[] cures) =>
        new(DoctorLevel.Warn, text, cures);

    public static Finding Fail(string text, params Cure[] cures) =>
        new(DoctorLevel.Fail, text, cures);
}
