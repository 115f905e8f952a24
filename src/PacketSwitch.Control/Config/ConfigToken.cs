// A word or value of a line with its place.

namespace PacketSwitch.Control.Config;

/// <summary>
/// <see cref="Text"/> has quotes and escapes taken away; start and length are those of the written
/// form. A quote that nothing closes stays in the text, so that no value takes it for its own.
/// </summary>
internal readonly record struct ConfigToken(
    string Text, int Start, int Length, bool IsQuoted = false, bool IsUnclosed = false);
