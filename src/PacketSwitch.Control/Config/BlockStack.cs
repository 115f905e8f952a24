// Follows nested blocks by their indentation: below "    service 80" deeper lines belong to the
// service, and the first line that stands no deeper than that one belongs to the virtual server
// again. Texts that indent everything alike are read as if they indented nothing. ConfigParser owns
// it.

namespace PacketSwitch.Control.Config;

internal sealed class BlockStack(MenuCursor cursor)
{
    private readonly Stack<Block> _blocks = [];

    public void Clear() => _blocks.Clear();

    /// <summary>
    /// Before an indented line is executed: leaves the blocks that it no longer belongs to.
    /// </summary>
    public void Indent(ConfigLine line)
    {
        while (_blocks.TryPeek(out Block? block))
        {
            if (line.Indent > block.Indent)
            {
                block.HasDeeperLines = true;
                return;
            }
            if (block.HasDeeperLines)
                cursor.Position = block.Outside;
            _blocks.Pop();
        }
    }

    /// <summary>
    /// After an indented line was executed: remembers the block it opened, if any.
    /// </summary>
    public void Opened(ConfigLine line, MenuPosition before)
    {
        if (cursor.Position != before)
            _blocks.Push(new Block(line.Indent, before));
    }

    private sealed class Block(int indent, MenuPosition outside)
    {
        public int Indent { get; } = indent;

        public MenuPosition Outside { get; } = outside;

        public bool HasDeeperLines { get; set; }
    }
}
