// Turns off what makes the kernel glue received frames together (GRO, LRO) on one interface, and
// puts it back. Used by LiveInterface under its lock. What cannot be turned off is no error: the port
// then takes super-frames.

namespace PacketSwitch.PacketIo;

/// <summary>The receive offloads of one interface, and how they were found.</summary>
internal sealed class InterfaceOffloads(InterfaceProbe probe, string name)
{
    private const uint GetGro = 43;
    private const uint SetGro = 44;
    private const uint GetFlags = 37;
    private const uint SetFlags = 38;
    private const uint LroFlag = 1 << 15;

    // The interface that was changed; one made anew under the same name has its own settings.
    private int _changedIndex;
    private bool _groWasOn;
    private bool _lroWasOn;

    /// <summary>Turns LRO off, and GRO unless it is to be kept; true when that is so
    /// now.</summary>
    public bool TryTurnOff(int interfaceIndex, bool keepGro)
    {
        if (_changedIndex != interfaceIndex)
        {
            _changedIndex = interfaceIndex;
            _groWasOn = _lroWasOn = false;
        }
        if (!keepGro && IsGroOn() && probe.TrySetValue(name, SetGro, 0)) _groWasOn = true;
        if (IsLroOn() && TrySetLro(on: false)) _lroWasOn = true;
        return (keepGro || !IsGroOn()) && !IsLroOn();
    }

    /// <summary>Turns on again what was turned off, if it is still the same interface.</summary>
    public void Restore()
    {
        if (!probe.TryRead(name, out InterfaceState state) || state.Index != _changedIndex) return;
        if (_groWasOn) probe.TrySetValue(name, SetGro, 1);
        if (_lroWasOn) TrySetLro(on: true);
        _groWasOn = _lroWasOn = false;
    }

    /// <summary>True while the kernel glues received frames together.</summary>
    public bool IsGroOn() => probe.TryGetValue(name, GetGro, out uint value) && value != 0;

    /// <summary>True while the card does.</summary>
    public bool IsLroOn() =>
        probe.TryGetValue(name, GetFlags, out uint flags) && (flags & LroFlag) != 0;

    private bool TrySetLro(bool on)
    {
        return probe.TryGetValue(name, GetFlags, out uint flags)
            && probe.TrySetValue(name, SetFlags, on ? flags | LroFlag : flags & ~LroFlag);
    }
}
