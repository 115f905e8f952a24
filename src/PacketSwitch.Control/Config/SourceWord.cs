// A location together with the text of its line, which problem reports show under their message.

namespace PacketSwitch.Control.Config;

internal sealed record SourceWord(SourceLocation Location, string LineText);
