// What differs between two configurations in one object. Made by ConfigDiff; printed by the command line and the shell.

namespace PacketSwitch.Control.Live;

/// <summary>An object that differs.</summary>
/// <param name="Header">The menu that holds it, as a command: <c>/c/slb/group 1</c>.</param>
/// <param name="Lines">Its differing words.</param>
public sealed record DiffBlock(string Header, IReadOnlyList<DiffLine> Lines);

/// <summary>A differing word.</summary>
/// <param name="IsNew">True for a command that leads to the new configuration, false for what stood there before.</param>
/// <param name="Command">The words, as they are typed in the object's menu.</param>
/// <param name="IsDefault">True when this is what holds where nothing is said.</param>
public sealed record DiffLine(bool IsNew, string Command, bool IsDefault);
