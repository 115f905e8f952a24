// Which set of session timers holds: the original's, or the longer ones of RFC 5382 section 5.

namespace PacketSwitch.Control.Config;

public enum TimerProfile
{
    Alteon,
    Rfc,
}
