// What a person types to cure a finding. Made by checks, printed by DoctorReport.

namespace PacketSwitch.Doctor;

/// <summary>One shell command.</summary>
/// <param name="Command">To be run as root, as it stands.</param>
/// <param name="Host">Where: empty means this machine, else for example <c>real 3 (web3)</c>.</param>
internal sealed record Cure(string Command, string Host = "");
