// Ends sessions that were silent for their time, a bounded part of the table in each pass, once around in about a second, and gives back slots
// that nobody can hold any more. Each loop sweeps its own share. Called by PortLoop.

using PacketSwitch.Wire;

namespace PacketSwitch.DataPlane;

/// <summary>The expiry chores of one loop.</summary>
public sealed class Sweeper<TTracer>(LoopContext context, Forwarder<TTracer> forwarder, int number, int loops)
    where TTracer : struct, IFrameTracer
{
    // Shares are dealt out in runs, so that a loop reads memory in order.
    private const int RunSlots = 256;
    private const int ReclaimPerPass = 256;

    private int _position4;
    private int _position6;
    private long _lastNs;

    /// <summary>Looks at as many slots as the time since the last call asks for.</summary>
    public void Sweep()
    {
        long elapsed = _lastNs == 0 ? 0 : context.NowNs - _lastNs;
        if (elapsed < Limits.SweepRoundNanoseconds / 64 && _lastNs != 0)
        {
            return;
        }
        _lastNs = context.NowNs;
        _position4 = Sweep<Ipv4Address>(_position4, context.Tables.Sessions4.Used, elapsed);
        _position6 = Sweep<Ipv6Address>(_position6, context.Tables.Sessions6.Used, elapsed);
    }

    /// <summary>Looks at every slot of the loop's share.</summary>
    public void SweepAll()
    {
        for (int i = 0; i < Share(context.Tables.Sessions4.Used); i++)
        {
            Look<Ipv4Address>(i, context.Tables.Sessions4.Used);
        }
        for (int i = 0; i < Share(context.Tables.Sessions6.Used); i++)
        {
            Look<Ipv6Address>(i, context.Tables.Sessions6.Used);
        }
    }

    /// <summary>Frees retired slots. Called outside the loop's own epoch, so that it does not wait for itself.</summary>
    public void Reclaim()
    {
        context.Tables.Sessions4.Reclaim(context.Limbo4, ReclaimPerPass);
        context.Tables.Sessions6.Reclaim(context.Limbo6, ReclaimPerPass);
    }

    private int Sweep<TAddress>(int position, int used, long elapsed)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        int share = Share(used);
        long due = Math.Min(share, (share * Math.Min(elapsed, Limits.SweepRoundNanoseconds)
            / Limits.SweepRoundNanoseconds) + 1);
        due = Math.Min(due, Math.Max(Limits.SweepSlotsPerPass, share / 64));
        for (long i = 0; i < due; i++)
        {
            position = position >= share ? 0 : position;
            if (share > 0)
            {
                Look<TAddress>(position, used);
            }
            position++;
        }
        return position;
    }

    private void Look<TAddress>(int position, int used) where TAddress : unmanaged, IIpAddress<TAddress>
    {
        int session = (((position / RunSlots * loops) + number) * RunSlots) + (position % RunSlots);
        if (session < used)
        {
            forwarder.Sweep<TAddress>(session);
        }
    }

    // How many positions the loop has when slots below used are in use; the last run may be shorter.
    private int Share(int used)
    {
        int runs = (used + RunSlots - 1) / RunSlots;
        int own = (runs - number + loops - 1) / loops;
        return Math.Max(own, 0) * RunSlots;
    }
}
