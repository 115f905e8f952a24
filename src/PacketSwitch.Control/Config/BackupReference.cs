// Names what stands in for a real server or a group: `r9` is real 9, `g2` is group 2.

namespace PacketSwitch.Control.Config;

public readonly record struct BackupReference(bool IsGroup, int Id)
{
    public override string ToString() => (IsGroup ? "g" : "r") + Id;
}
