// One step of an explanation as it is printed: the same in text and in JSON.

namespace PacketSwitch.Explain;

/// <summary>A line: <c>4 virt  hit  virt 1 "web" service 80 > group 1    lab.cfg:36</c>.</summary>
/// <param name="Step">The table or the part of the switch.</param>
/// <param name="Result">What came of it, in a word or two.</param>
/// <param name="Text">The details.</param>
/// <param name="Source">The line of the configuration behind it; null where there is none.</param>
internal sealed record ExplainLine(string Step, string Result, string Text, string? Source = null);
