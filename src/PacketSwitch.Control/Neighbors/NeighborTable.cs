// The next hops of real servers and their link addresses: who is asked when, and which answers are believed (ALTEON.md sections 5 and
// 7). Used by ControlPlane on its thread; the data plane sees copies in the snapshot. Indexes never change while the switch runs, because
// sessions hold them.

using PacketSwitch.DataPlane;
using PacketSwitch.Wire;

namespace PacketSwitch.Control.Neighbors;

/// <summary>A question that should be sent now.</summary>
/// <param name="Index">The neighbour.</param>
/// <param name="Address">Its address.</param>
/// <param name="Mac">Ask this MAC only; zero asks everybody.</param>
public readonly record struct NeighborQuestion(int Index, IpAddress Address, MacAddress Mac);

/// <summary>Neighbour states and their timers. Times are nanoseconds of the caller's clock.</summary>
/// <param name="keepsFresh">Ask again by itself: unknown neighbours every 5 s, known ones every 30 s.</param>
public sealed class NeighborTable(bool keepsFresh)
{
    private const long Second = 1_000_000_000;
    private const int Tries = 3;
    private const long RetryNs = Second;
    private const long IdleRetryNs = 5 * Second;
    private const long RefreshNs = 30 * Second;

    private readonly List<NeighborState> _states = [];
    private readonly Dictionary<IpAddress, int> _indexes = [];

    /// <summary>True when something changed that the data plane must see; cleared by <see cref="Snapshot"/>.</summary>
    public bool HasChanged { get; private set; }

    /// <summary>When <see cref="NextQuestion"/> has something to ask.</summary>
    public long NextDueNs => _states.Count == 0 ? long.MaxValue : _states.Min(state => state.DueNs);

    /// <summary>The index of a next hop, made at the first call.</summary>
    public int IndexOf(IpAddress address)
    {
        if (!_indexes.TryGetValue(address, out int index))
        {
            index = _states.Count;
            _indexes[address] = index;
            _states.Add(new NeighborState(address));
            HasChanged = true;
        }
        return index;
    }

    /// <summary>The MAC of a neighbour is configured and not to be asked for.</summary>
    public void SetStatic(int index, MacAddress mac)
    {
        NeighborState state = _states[index];
        state.Mac = mac;
        state.IsStatic = true;
        state.IsOpen = false;
        state.DueNs = long.MaxValue;
        HasChanged = true;
    }

    /// <summary>The address of a neighbour.</summary>
    public IpAddress AddressOf(int index) => _states[index].Address;

    /// <summary>The neighbours as the data plane sees them.</summary>
    public Neighbor[] Snapshot()
    {
        HasChanged = false;
        return [.. _states.Select(state => state.ToNeighbor())];
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
        NeighborState state = _states[index];
        bool asking = state.Tries > 0 && state.Tries < Tries;
        if (!state.IsStatic && state.Mac.IsZero && !asking)
        {
            state.Tries = 0;
            state.DueNs = nowNs;
        }
    }

    /// <summary>The next question that is due, if any; call until it says false.</summary>
    public bool NextQuestion(long nowNs, out NeighborQuestion question)
    {
        question = default;
        for (int i = 0; i < _states.Count; i++)
        {
            NeighborState state = _states[i];
            if (state.DueNs > nowNs)
            {
                continue;
            }
            if (TryAdopt(state, nowNs))
            {
                continue;
            }
            if (state.Tries >= Tries)
            {
                // Unknown: ask again now and then. Known but silent: its MAC is kept, and everybody is asked, once.
                bool askEverybody = !state.IsOpen;
                long pause = state.Mac.IsZero ? IdleRetryNs : RefreshNs;
                state.Tries = 0;
                state.IsOpen = true;
                state.DueNs = keepsFresh ? nowNs + pause : long.MaxValue;
                if (!askEverybody)
                {
                    continue;
                }
            }
            state.Tries++;
            state.DueNs = nowNs + RetryNs;
            question = new NeighborQuestion(i, state.Address, state.IsOpen ? default : state.Mac);
            return true;
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
        NeighborState state = _states[index];
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
            state.DueNs = nowNs;
        }
    }

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
        foreach (NeighborState other in _states)
        {
            if (!other.IsStatic && other.Mac.Equals(left) && other.Claim is null && other.Tries == 0)
            {
                other.DueNs = nowNs;
            }
        }
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
        state.DueNs = keepsFresh ? nowNs + RefreshNs : long.MaxValue;
    }
}
