// Names the real servers that may take a new session, best first. Used by SessionOpener, which tries them in turn until one can take it
// (another may hold the same client address and port, or have no proxy port left). One per loop.

using PacketSwitch.Wire;

namespace PacketSwitch.DataPlane;

/// <summary>The choice of a real server for one session at a time.</summary>
public sealed class ServerPicker(LoopContext context)
{
    private readonly bool[] _tried = new bool[Limits.MaxIdentifier];
    private VirtualService _service = null!;
    private ulong _sourceHash;
    private int _left;

    /// <summary>Begins the choice for a client of the service.</summary>
    public void Begin<TAddress>(VirtualService service, TAddress client)
        where TAddress : unmanaged, IIpAddress<TAddress>
    {
        _service = service;
        _sourceHash = SourceHash.Of(client);
        _left = service.Group.Members.Length;
        _tried.AsSpan(0, _left).Clear();
    }

    /// <summary>The next best server that has not been named yet; false when there is none.</summary>
    public bool TryNext(out RealServer? real)
    {
        RealServer[] members = _service.Group.Members;
        var pick = new PickContext(
            members, context.Tables.Loads, _sourceHash, _tried.AsSpan(0, members.Length));
        int member = _left-- > 0 ? _service.Group.Metric.Pick(_service.Group, ref pick) : -1;
        real = member < 0 ? null : members[member];
        if (member >= 0)
        {
            _tried[member] = true;
        }
        return member >= 0;
    }
}
