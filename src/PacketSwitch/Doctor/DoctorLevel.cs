// How bad a finding of doctor is.

namespace PacketSwitch.Doctor;

/// <summary>Anything but <see cref="Ok"/> makes the exit code 1.</summary>
internal enum DoctorLevel
{
    Ok,

    /// <summary>It works, but slower or less safely than it could.</summary>
    Warn,

    /// <summary>Frames are lost or go wrong.</summary>
    Fail,
}
