// Clients and the real servers they are bound to (pbind clientip): who a client is, whether its server may be given to it now, and what keeps
// the binding alive. Used by ServerPicker.

using PacketSwitch.Wire;

namespace PacketSwitch.DataPlane;

/// <summary>Sticky clients of one loop's services; the table is shared by all loops.</summary>
internal sealed class ClientBindings(LoopContext context)
{
    // Not a port: one binding for all services of the virtual server.
    private const ulong AnyService = 0x1_0000;

    private readonly StickyTable _table = context.Tables.Sticky;
    private readonly ulong _seed = context.Tables.Seed;

    /// <summary>What a client is known by: what counts of its address, the virtual server and, but for norport, the service.</summary>
    public ulong Fingerprint<TAddress>(BindingRules binding, ref FlowKey<TAddress> key, ushort servicePort)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        ulong hash = AddressHash.With(_seed, AddressHash.Of(key.Source, binding.Bits));
        hash = AddressHash.With(hash, AddressHash.Of(key.Destination, TAddress.Length * 8));
        return AddressHash.With(hash, binding.AcrossServices ? AnyService : servicePort);
    }

    /// <summary>The server the client is bound to, if it takes the client's sessions now.</summary>
    public RealServer? Find(VirtualService service, ulong fingerprint)
    {
        if (!_table.TryFind(fingerprint, context.Now, service.Binding!.TimeoutTicks, out ushort id))
        {
            return null;
        }
        bool isOffered = false;
        for (ServerGroup? group = service.Group; group is not null && !isOffered; group = group.Backup)
        {
            if (FindIn(group, id, ref isOffered) is { } real)
            {
                return real;
            }
        }
        return null;
    }

    /// <summary>Binds the client to a server.</summary>
    public void Bind(ulong fingerprint, ushort real)
    {
        if (!_table.Bind(fingerprint, real, context.Now))
        {
            context.Counters.BindingsLost++;
        }
    }

    /// <summary>A session of a bound client was active.</summary>
    public void Refresh<TAddress>(ref FlowKey<TAddress> key, ref SessionState state, uint lastSeen)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        VirtualService? service = context.Snapshot.FindService(
            key.Destination.ToIpAddress(), state.ServicePort, key.Protocol);
        if (service?.Binding is { } binding)
        {
            bool confirmed = state.Stage is TcpStage.None or >= TcpStage.Established;
            ulong fingerprint = Fingerprint(binding, ref key, state.ServicePort);
            _table.Refresh(fingerprint, state.Real, confirmed, lastSeen, context.Now);
        }
    }

    // A stand-in serves bound clients too, but only while it stands in. A group's backup serves while no member can.
    private RealServer? FindIn(ServerGroup group, ushort id, ref bool isOffered)
    {
        RealLoads loads = context.Tables.Loads;
        foreach (GroupMember member in group.Members)
        {
            if (member.BoundOnly is { } drained && drained.Id == id)
            {
                return drained;
            }
            foreach (RealServer server in member.Servers)
            {
                bool hasRoom = loads.HasRoom(server);
                isOffered |= hasRoom;
                if (server.Id == id && hasRoom)
                {
                    return server;
                }
                if (hasRoom)
                {
                    break;
                }
            }
        }
        return null;
    }
}
