// All port pools by number. Made by the control plane while it builds a snapshot; used by the loops through the numbers that snapshot and
// sessions carry. Pools are never removed while the switch runs.
//
// Memory order: the array with a new pool is published by a release write before the snapshot that names its number.

using PacketSwitch.Wire;

namespace PacketSwitch.DataPlane;

/// <summary>The registry of port pools. <see cref="NumberOf"/> is the control plane's alone.</summary>
/// <param name="firstTurn">Where the pools begin: random in a live switch, so that after a restart
/// it does not at once give out the ports that servers still remember from before.</param>
public sealed class PortPools(uint firstTurn = 0)
{
    private readonly Dictionary<(IpAddress Proxy, ServiceKey Real), int> _numbers = [];
    private PortPool[] _pools = [];

    /// <summary>Number of the last pool, 0 when there is none.</summary>
    public int Count => Volatile.Read(ref _pools).Length;

    /// <summary>A pool by its number, which begins at 1.</summary>
    public PortPool this[int number] => Volatile.Read(ref _pools)[number - 1];

    /// <summary>The number of the pool of a proxy address towards a real server's port; made at the first call.</summary>
    public int NumberOf(IpAddress proxy, ServiceKey real)
    {
        if (!_numbers.TryGetValue((proxy, real), out int number))
        {
            Volatile.Write(ref _pools, [.. _pools, new PortPool(firstTurn)]);
            number = _pools.Length;
            _numbers[(proxy, real)] = number;
        }
        return number;
    }
}
