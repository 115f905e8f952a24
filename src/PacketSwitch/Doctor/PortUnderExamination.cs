// A port of the configuration with the interface that was found for it. Part of Examination.

using PacketSwitch.Control.Config;
using PacketSwitch.PacketIo;

namespace PacketSwitch.Doctor;

/// <summary>A port and its interface; null when there is none of that name.</summary>
internal sealed record PortUnderExamination(PortConfig Config, InterfaceReport? Interface)
{
    public int Id => Config.Id;

    public string Name => Config.Interface;

    public bool IsReady => Interface is { IsEnabled: true, HasCarrier: true };
}
