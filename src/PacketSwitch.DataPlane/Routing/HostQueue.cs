// Frames to be routed that wait for hosts which have no index yet: the hosts get numbers of this loop's own while frames wait. Filled by
// Router, emptied by PortLoop when a snapshot knows the host or the time is up.

using PacketSwitch.Wire;

namespace PacketSwitch.DataPlane;

/// <summary>Held frames by host. One loop's.</summary>
public sealed class HostQueue
{
    private readonly IpAddress[] _hosts = new IpAddress[Limits.UnresolvedHosts];
    private readonly Dictionary<IpAddress, int> _numbers = new(Limits.UnresolvedHosts);
    private readonly int[] _free = new int[Limits.UnresolvedHosts];
    private int _freeCount = Limits.UnresolvedHosts;

    public HostQueue()
    {
        for (int i = 0; i < _free.Length; i++)
        {
            _free[i] = _free.Length - 1 - i;
        }
    }

    /// <summary>The frames; their holders are the hosts' numbers.</summary>
    public HoldQueue Held { get; } = new(
        Limits.HeldFramesRouted, Limits.UnresolvedHosts, Limits.HeldFramesPerHost, Limits.HoldNanoseconds);

    /// <summary>The host of a number.</summary>
    public IpAddress this[int number] => _hosts[number];

    /// <summary>Keeps a copy of the frame. False when it is too long, or too many frames or hosts wait.</summary>
    public bool TryAdd(in FrameDescriptor frame, in FrameInfo info, IpAddress host, long nowNs)
    {
        bool isNew = !_numbers.TryGetValue(host, out int number);
        if (isNew)
        {
            if (_freeCount == 0)
            {
                return false;
            }
            number = _free[_freeCount - 1];
        }
        if (!Held.TryAdd(frame, info, number, nowNs))
        {
            return false;
        }
        if (isNew)
        {
            _freeCount--;
            _hosts[number] = host;
            _numbers.Add(host, number);
        }
        return true;
    }

    /// <summary>No frame waits for the host any more: its number may be another's.</summary>
    public void Forget(int number)
    {
        _numbers.Remove(_hosts[number]);
        _free[_freeCount++] = number;
    }
}
