// Where a piece of configuration was written. Problems, the validator and later `explain` cite it.
// Lines and columns count from 1; a column counts UTF-16 characters.

namespace PacketSwitch.Control.Config;

/// <summary>A place in a configuration text and how many characters it covers.</summary>
public readonly record struct SourceLocation(string File, int Line, int Column, int Length)
{
    /// <summary>The form an operator reads: <c>lab.cfg:36</c>.</summary>
    public override string ToString() => $"{File}:{Line}";
}
