// A menu that was opened without its number, until the next line gives it.

namespace PacketSwitch.Control.Config;

internal sealed record MenuQuestion(
    Menu Menu, MenuPosition Under, ConfigLine Line, ConfigToken Word);
