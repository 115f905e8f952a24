// A command that stands among settings: apply, save, /info/slb/dump and the like. A file accepts
// them without effect; the shell runs them.

namespace PacketSwitch.Control.Config;

/// <summary>
/// A command and the text behind it, for <c>/info/slb/dump</c>: info and <c>/slb/dump</c>.
/// </summary>
public sealed record MenuCommand(string Name, string Arguments, SourceLocation Location);
