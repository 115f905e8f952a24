// One line of an import's report.

namespace PacketSwitch.Control.Import;

/// <summary>A line of the foreign file and what became of it.</summary>
/// <param name="Line">Its number, from 1.</param>
/// <param name="Kind">What became of it.</param>
/// <param name="Text">The line, trimmed.</param>
/// <param name="Note">What it is here, or why it is not; empty when there is nothing to say.</param>
public sealed record ImportedLine(int Line, ImportKind Kind, string Text, string Note);
