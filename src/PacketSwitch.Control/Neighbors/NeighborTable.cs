// The next hops of real servers, the gateways and the hosts that are routed to, with their link addresses: who is asked when, and which
// answers are believed (ALTEON.md sections 5 and 7). Used by ControlPlane on its thread; the data plane sees copies in the snapshot.
//
// Indexes of next hops and gateways never change while the switch runs, because sessions hold them. A routed host has an index only while
// it is known or asked for; no session holds it, so it may be given again. A host that becomes a next hop keeps its index.

using PacketSwitch.DataPlane;
using PacketSwitch.Wire;

namespace PacketSwitch.Control.Neighbors;

/// <summary>A question that should be sent now.</summary>
/// <param name="Index">The neighbour.</param>
/// <param name="Address">Its address.</param>
/// <param name="Mac">Ask this MAC only; zero asks everybody.</param>
public readonly record struct NeighborQuestion(int Index, IpAddress Address, MacAddress Mac);

/// <summary>Neighbour states and their timers. Times are nanoseconds of the caller's clock.</summary>
/// <param name="keepsFresh">Ask again by itself: unknown neighbours every 5 s, known next hops every
/// 10 s, known hosts every 30 s.</param>
/// <param name="use">When the data plane last routed to each.</param>
public sealed class NeighborTable(bool keepsFresh, NeighborUse use)
{
    private const long Second = 1_000_000_000;
    private const int Tries = 3;
    private const long RetryNs = Second;
    private const long IdleRetryNs = 5 * Second;
    private const long NextHopRefreshNs = 10 * Second; // A server that moves says nothing, perhaps.
    private const long HostRefreshNs = 30 * Second;
    private static readonly uint HostIdleTicks = Ticks.FromSeconds(Limits.RoutedHostIdleSeconds);

    private readonly List<NeighborState?> _states = [];
    private readonly Dictionary<IpAddress, int> _indexes = [];
    private readonly Stack<int> _free = [];
    private int _scan;
    private long _scannedDueNs = long.MaxValue;

    /// <summary>True when something changed that the data plane must see; cleared by <see cref="Snapshot"/>.</summary>
    public bool HasChanged { get; private set; }

    /// <summary>When <see cref="NextQuestion"/> has something to do; never too late.</summary>
    public long NextDueNs { get; private set; } = long.MaxValue;

    /// <summary>Hosts that are only routed to.</summary>
    public int Hosts { get; private set; }

    /// <summary>The index of a next hop of real servers, or of a gateway; made at the first call.</summary>
    public int IndexOf(IpAddress address)
    {
        if (!_indexes.TryGetValue(address, out int index))
        {
            index = Add(new NeighborState(address) { IsNextHop = true });
            HasChanged = true;
        }
        NeighborState state = _states[index]!;
        if (!state.IsNextHop)
        {
            state.IsNextHop = true;
            Hosts--;
        }
        return index;
    }

    /// <summary>True when the address is the next hop of real servers, or a gateway.</summary>
    public bool IsNextHop(IpAddress address) => _indexes.TryGetValue(address, out int index) && _states[index]!.IsNextHop;

    /// <summary>The MAC of a neighbour is configured and not to be asked for.</summary>
    public void SetStatic(int index, MacAddress mac)
    {
        NeighborState state = _states[index]!;
        state.Mac = mac;
        state.IsStatic = true;
        state.IsOpen = false;
        state.DueNs = long.MaxValue;
        HasChanged = true;
    }

    /// <summary>The neighbours as the data plane sees them.</summary>
    public Neighbor[] Snapshot()
    {
        HasChanged = false;
        return [.. _states.Select(state => state?.ToNeighbor() ?? default)];
    }

    /// <summary>Begins to ask for every neighbour that is not known.</summary>
    public void AskAll(long nowNs)
    {
        for (int i = 0; i < _states.Count; i++)
        {
            Ask(i, nowNs);
        }
    }

    /// <summary>Frames wait for the neighbour: ask now, unless it is being asked already.</summary>
    public void Ask(int index, long nowNs)
    {
        if (_states[index] is not { IsStatic: false, Mac.IsZero: true } state)
        {
            return;
        }
        bool asking = state.Tries > 0 && state.Tries < Tries;
        if (!asking)
        {
            state.Tries = 0;
            SetDue(state, nowNs);
        }
    }

    /// <summary>
    /// Frames wait for a host on one of the switch's networks: ask for it. When too many are asked for, the frames wait in vain; when
    /// the table is full, the host unused for longest goes.
    /// </summary>
    public void AskHost(IpAddress address, long nowNs)
    {
        if (!_indexes.TryGetValue(address, out int index))
        {
            if (!HasRoom(Ticks.At(nowNs)))
            {
                return;
            }
            index = Add(new NeighborState(address) { MadeTick = Ticks.At(nowNs) });
            Hosts++;
        }
        Ask(index, nowNs);
    }

    /// <summary>The next question that is due, if any; call until it says false.</summary>
    public bool NextQuestion(long nowNs, out NeighborQuestion question)
    {
        question = default;
        for (; _scan < _states.Count && NextDueNs <= nowNs; _scan++)
        {
            int index = _scan;
            if (_states[index] is not { } state)
            {
                continue;
            }
            bool asks = state.DueNs <= nowNs && TakeTurn(state, index, nowNs, out question);
            _scannedDueNs = Math.Min(_scannedDueNs, state.DueNs);
            if (asks)
            {
                _scan++;
                return true;
            }
        }
        if (_scan > 0)
        {
            NextDueNs = _scannedDueNs;
            _scannedDueNs = long.MaxValue;
            _scan = 0;
        }
        return false;
    }

    /// <summary>
    /// Somebody said that the address is at the MAC. Believed for a known neighbour when it is unknown where it is, or its old place does
    /// not answer; otherwise the old place is asked first.
    /// </summary>
    public void Learn(IpAddress address, MacAddress mac, int port, int vlan, long nowNs)
    {
        if (!_indexes.TryGetValue(address, out int index) || mac.IsMulticast || mac.IsZero)
        {
            return;
        }
        NeighborState state = _states[index]!;
        if (state.IsStatic)
        {
            if (state.Mac.Equals(mac))
            {
                Place(state, mac, port, vlan);
            }
            return;
        }
        if (state.Mac.Equals(mac) || state.IsOpen)
        {
            Place(state, mac, port, vlan);
            Confirm(state, nowNs);
            return;
        }
        if (state.Claim is null)
        {
            state.Claim = new Neighbor(address, mac, (short)port, (short)vlan);
            state.Tries = 0;
            SetDue(state, nowNs);
        }
    }

    // A neighbour's time has come: ask it again, give it up, or forget it.
    private bool TakeTurn(NeighborState state, int index, long nowNs, out NeighborQuestion question)
    {
        question = default;
        if (TryAdopt(state, nowNs))
        {
            return false;
        }
        bool isSilent = state.Tries >= Tries;
        if (!state.IsNextHop && ((isSilent && state.IsOpen) || (state.Tries == 0 && IsUnused(state, index, nowNs))))
        {
            Remove(state, index);
            return false;
        }
        if (isSilent)
        {
            // Unknown: ask again now and then. Known but silent: its MAC is kept, and everybody is asked, once.
            bool askEverybody = !state.IsOpen;
            long pause = state.Mac.IsZero ? IdleRetryNs : RefreshNs(state);
            state.Tries = 0;
            state.IsOpen = true;
            state.DueNs = keepsFresh ? nowNs + pause : long.MaxValue;
            if (!askEverybody)
            {
                return false;
            }
        }
        state.Tries++;
        state.DueNs = nowNs + RetryNs;
        question = new NeighborQuestion(index, state.Address, state.IsOpen ? default : state.Mac);
        return true;
    }

    private static long RefreshNs(NeighborState state)
        => state.IsNextHop ? NextHopRefreshNs : HostRefreshNs;

    // The old MAC has been asked and stayed silent for a second: the claim is believed.
    private bool TryAdopt(NeighborState state, long nowNs)
    {
        if (state.Claim is not { } claim || state.Tries == 0)
        {
            return false;
        }
        MacAddress left = state.Mac;
        Place(state, claim.Mac, claim.Port, claim.VlanTag);
        Confirm(state, nowNs);
        AskAboutOthersAt(left, nowNs);
        return true;
    }

    // A machine that has another MAC has it for all its addresses, those of the other family too.
    private void AskAboutOthersAt(MacAddress left, long nowNs)
    {
        foreach (NeighborState? other in _states)
        {
            if (other is { IsStatic: false, Claim: null, Tries: 0 } && other.Mac.Equals(left))
            {
                SetDue(other, nowNs);
            }
        }
    }

    private bool IsUnused(NeighborState state, int index, long nowNs)
        => !state.Mac.IsZero && Age(state, index, Ticks.At(nowNs)) > HostIdleTicks;

    // The index may have been another's: what went to it before the row was made does not count.
    private uint Age(NeighborState state, int index, uint now)
    {
        uint sinceMade = now - state.MadeTick;
        uint sinceUsed = now - use.LastTick(index);
        return Math.Min(sinceMade, sinceUsed);
    }

    private bool HasRoom(uint now)
    {
        int oldest = -1;
        int unresolved = 0;
        uint oldestAge = 0;
        for (int i = 0; i < _states.Count; i++)
        {
            if (_states[i] is not { IsNextHop: false } state)
            {
                continue;
            }
            unresolved += state.Mac.IsZero ? 1 : 0;
            uint age = Age(state, i, now);
            if (!state.Mac.IsZero && (oldest < 0 || age > oldestAge))
            {
                oldest = i;
                oldestAge = age;
            }
        }
        if (unresolved >= Limits.UnresolvedHosts)
        {
            return false;
        }
        if (Hosts >= Limits.RoutedHosts && oldest >= 0)
        {
            Remove(_states[oldest]!, oldest);
        }
        return Hosts < Limits.RoutedHosts;
    }

    private int Add(NeighborState state)
    {
        if (!_free.TryPop(out int index))
        {
            index = _states.Count;
            _states.Add(null);
        }
        _states[index] = state;
        _indexes[state.Address] = index;
        return index;
    }

    private void Remove(NeighborState state, int index)
    {
        HasChanged |= !state.Mac.IsZero;
        state.DueNs = long.MaxValue;
        _states[index] = null;
        _indexes.Remove(state.Address);
        _free.Push(index);
        Hosts--;
    }

    private void Place(NeighborState state, MacAddress mac, int port, int vlan)
    {
        HasChanged |= !state.Mac.Equals(mac) || state.Port != port || state.Vlan != vlan;
        state.Mac = mac;
        state.Port = (short)port;
        state.Vlan = (short)vlan;
    }

    private void Confirm(NeighborState state, long nowNs)
    {
        state.Claim = null;
        state.Tries = 0;
        state.IsOpen = false;
        SetDue(state, keepsFresh ? nowNs + RefreshNs(state) : long.MaxValue);
    }

    private void SetDue(NeighborState state, long dueNs)
    {
        state.DueNs = dueNs;
        NextDueNs = Math.Min(NextDueNs, dueNs);
        // A scan that is under way may have passed this neighbour already.
        _scannedDueNs = Math.Min(_scannedDueNs, dueNs);
    }
}
