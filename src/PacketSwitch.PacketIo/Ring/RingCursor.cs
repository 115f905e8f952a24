// A place in a packet ring. Used by RingSocket for the next slot and for the first one of the burst that is out.

using System.Runtime.CompilerServices;

namespace PacketSwitch.PacketIo;

/// <summary>The address of a slot, with what is needed to go on to the next.</summary>
internal unsafe struct RingCursor(byte* ring, in RingGeometry geometry)
{
    private readonly byte* _ring = ring;
    private readonly RingGeometry _geometry = geometry;
    private int _block;
    private int _slot;

    /// <summary>The slot.</summary>
    public byte* Slot = ring;

    /// <summary>Goes on to the next slot; after the last comes the first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Advance()
    {
        Slot += _geometry.SlotBytes;
        if (++_slot < _geometry.SlotsPerBlock) return;
        _slot = 0;
        _block = _block + 1 == _geometry.Blocks ? 0 : _block + 1;
        Slot = _ring + ((long)_block * _geometry.BlockBytes);
    }
}
