// The words of the menu slb itself, for the rows that read and write them.

namespace PacketSwitch.Control.Config;

internal sealed record SlbSettings(bool On)
{
    public const string Path = "slb";
}
