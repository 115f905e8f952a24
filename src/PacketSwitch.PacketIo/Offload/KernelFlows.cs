// The kernel as a FlowOffload: eBPF programs at the ports' packet sockets and ingresses forward the
// frames of chosen connections, so that their payload stays where it is and no process is woken for
// it. Made by PortFactory for ports on the packet ring; RingHandle attaches each opening of an
// interface. Needs CAP_BPF and CAP_NET_ADMIN in the first user namespace, and Linux 6.6 (tcx).
//
// Everything hangs on descriptors of this process: when it ends, by whatever signal, the kernel
// takes programs and maps away and every frame is the host's again.
//
// Memory order: a slot is filled before its key is published by a system call. After End its key
// and state are gone; a program that had found it just before may still count a frame, so a
// number rests for a time (OffloadKeeper) before Free gives it to another session.

using System.Runtime.InteropServices;
using PacketSwitch.DataPlane;

namespace PacketSwitch.PacketIo;

/// <summary>Forwards long connections in the kernel.</summary>
public sealed unsafe class KernelFlows : FlowOffload, IDisposable
{
    private readonly Lock _gate = new();
    private readonly Stack<int> _free = [];
    private readonly Dictionary<int, OffloadedPort> _ports = [];
    private readonly OffloadTally[] _collected;
    private readonly (OffloadedPort? Ingress, OffloadedPort? Egress)[] _sides;
    private readonly bool[] _isPublished;
    private readonly FlowMaps _maps;
    private readonly int _filter;
    private readonly int _rewriter;
    private readonly FlowSlot* _slots;
    private readonly nuint _bytes;
    private bool _attachesLater;
    private bool _isDisposed;

    // Written by: whoever holds _gate. Read by: any loop.
    private long _changes;

    private KernelFlows(in FlowMaps maps, int filter, int rewriter, FlowSlot* slots, nuint bytes)
    {
        _maps = maps;
        _filter = filter;
        _rewriter = rewriter;
        _slots = slots;
        _bytes = bytes;
        _collected = new OffloadTally[2 * Capacity];
        _sides = new (OffloadedPort?, OffloadedPort?)[2 * Capacity];
        _isPublished = new bool[2 * Capacity];
        for (int number = Capacity; number > 0; number--) _free.Push(number);
    }

    /// <inheritdoc/>
    public override int Capacity => IoLimits.OffloadedSessions;

    /// <summary>Whether connections are carried now.</summary>
    internal bool IsCarrying
    {
        get
        {
            lock (_gate) return _free.Count < Capacity;
        }
    }

    /// <inheritdoc/>
    public override long Changes => Volatile.Read(ref _changes);

    /// <summary>Loads the programs; null with one line that says why they are not to be
    /// had.</summary>
    public static KernelFlows? TryMake(out string why)
    {
        const int Slots = 2 * IoLimits.OffloadedSessions;
        var made = new List<int>();
        why = string.Empty;
        FlowMaps maps = new(
            Note(made, BpfCalls.CreateMap(BpfCalls.MapPerCpuArray, 4, 4, 1, 0)),
            Note(made, BpfCalls.CreateMap(
                BpfCalls.MapArray, 4, FlowSlot.Bytes, Slots, BpfCalls.MapShared)),
            Note(made, BpfCalls.CreateMap(BpfCalls.MapHash, FlowSlot.KeyBytes4, 4, Slots, 0)),
            Note(made, BpfCalls.CreateMap(BpfCalls.MapHash, FlowSlot.KeyBytes6, 4, Slots, 0)));
        if (made.Contains(-1)) why = "bpf: " + Marshal.GetLastPInvokeErrorMessage();
        int filter = -1, rewriter = -1;
        if (why.Length == 0)
        {
            filter = Note(made, BpfCalls.Load(
                BpfCalls.SocketFilter, FlowFilter.Write(maps), out why));
        }
        if (why.Length == 0)
        {
            rewriter = Note(made, BpfCalls.Load(
                BpfCalls.TrafficControl, FlowRewriter.Write(maps), out why));
        }
        nuint bytes = (nuint)(Slots * FlowSlot.Bytes);
        nint memory = LibC.MapFailed;
        if (why.Length == 0)
        {
            memory = LibC.mmap(
                null, bytes, LibC.ProtectReadWrite, LibC.MapShared, maps.Slots, 0);
            if (memory == LibC.MapFailed) why = "mmap: " + Marshal.GetLastPInvokeErrorMessage();
        }
        if (why.Length == 0)
        {
            return new KernelFlows(maps, filter, rewriter, (FlowSlot*)memory, bytes);
        }
        foreach (int descriptor in made.Where(descriptor => descriptor >= 0))
        {
            _ = LibC.close(descriptor);
        }
        return null;
    }

    /// <inheritdoc/>
    public override int TryTake(in OffloadedFlow fromClient, in OffloadedFlow fromServer)
    {
        // A loop does not wait while a port is attached; the session asks again.
        if (!_gate.TryEnter()) return 0;
        try
        {
            if (_isDisposed
                || !_ports.TryGetValue(fromClient.IngressPort, out OffloadedPort? client)
                || !_ports.TryGetValue(fromClient.EgressPort, out OffloadedPort? server)
                || !client.IsAttached || !server.IsAttached || !_free.TryPop(out int number))
            {
                return 0;
            }
            bool isTaken = TryPublish(Index(number, true), fromClient, client, server)
                && (!fromServer.IsPresent
                    || TryPublish(Index(number, false), fromServer, server, client));
            if (isTaken) return number;
            Withdraw(Index(number, true));
            Withdraw(Index(number, false));
            _free.Push(number);
            return 0;
        }
        finally
        {
            _gate.Exit();
        }
    }

    /// <inheritdoc/>
    public override void Sent(int number, bool fromClient, uint sequenceEnd)
    {
        FlowSlot* slot = _slots + Index(number, fromClient);
        if (slot->State == FlowSlot.Pending) Volatile.Write(ref slot->SentEnd, sequenceEnd);
    }

    /// <inheritdoc/>
    public override OffloadTally Collect(int number, bool fromClient)
    {
        int index = Index(number, fromClient);
        FlowSlot* slot = _slots + index;
        OffloadTally total = new(
            (long)Volatile.Read(ref slot->Frames), (long)Volatile.Read(ref slot->FrameBytes),
            (long)Volatile.Read(ref slot->Failed), slot->SequenceEnd, slot->Acknowledged,
            slot->Window);
        OffloadTally last = _collected[index];
        if (total.Frames == last.Frames && total.Failed == last.Failed) return default;
        _collected[index] = total;
        OffloadTally news = total with
        {
            Frames = total.Frames - last.Frames,
            Bytes = total.Bytes - last.Bytes,
            Failed = total.Failed - last.Failed,
        };
        _sides[index].Ingress?.AddReceived(news.Frames, news.Bytes);
        _sides[index].Egress?.AddSent(news.Frames - news.Failed, news.Bytes);
        return news;
    }

    /// <inheritdoc/>
    public override void End(int number)
    {
        lock (_gate)
        {
            if (_isDisposed) return;
            Withdraw(Index(number, true));
            Withdraw(Index(number, false));
        }
    }

    /// <inheritdoc/>
    public override void Free(int number)
    {
        lock (_gate) _free.Push(number);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_isDisposed) return;
            _isDisposed = true;
            foreach (OffloadedPort port in _ports.Values) TakeOut(port);
            int[] descriptors =
                [_filter, _rewriter, _maps.Decision, _maps.Slots, _maps.Keys4, _maps.Keys6];
            foreach (int descriptor in descriptors) _ = LibC.close(descriptor);
            _ = LibC.munmap(_slots, _bytes);
        }
    }

    /// <summary>The port of a number; it stays the same however often its interface is
    /// opened.</summary>
    internal OffloadedPort Port(int id)
    {
        lock (_gate)
        {
            if (!_ports.TryGetValue(id, out OffloadedPort? port))
            {
                port = new OffloadedPort();
                _ports.Add(id, port);
            }
            return port;
        }
    }

    /// <summary>Why a port takes no part; empty when all do.</summary>
    public string Obstacle { get; private set; } = string.Empty;

    /// <summary>Has the programs see an interface's frames and returns the number of this opening.
    /// Where they cannot, the loops carry everything of that port.</summary>
    internal int Attach(int portId, int interfaceIndex, IEnumerable<int> sockets)
    {
        OffloadedPort port = Port(portId);
        lock (_gate)
        {
            string why = string.Empty;
            if (_isDisposed) return 0;
            TakeOut(port);
            foreach (int socket in sockets)
            {
                int filter = _filter;
                int status = LibC.setsockopt(socket, LibC.SocketLevel, LibC.AttachProgram,
                    &filter, sizeof(int));
                if (status != 0) why = "SO_ATTACH_BPF: " + Marshal.GetLastPInvokeErrorMessage();
            }
            if (why.Length > 0)
            {
                Obstacle = $"port {portId}: {why}";
                return 0;
            }
            int opening = port.Open(interfaceIndex);
            if (!_attachesLater) AttachIngress(portId, port);
            return opening;
        }
    }

    /// <summary>Has the openings from now on wait for <see cref="AttachWaiting"/>: to attach a
    /// program costs the kernel more than all the rest of an opening.</summary>
    internal void AttachLater()
    {
        lock (_gate) _attachesLater = true;
    }

    /// <summary>Has the ports that wait take part.</summary>
    internal void AttachWaiting()
    {
        lock (_gate)
        {
            _attachesLater = false;
            foreach ((int portId, OffloadedPort port) in _ports)
            {
                if (!_isDisposed && port is { InterfaceIndex: >= 0, IsAttached: false })
                {
                    AttachIngress(portId, port);
                }
            }
        }
    }

    /// <summary>An opening of an interface ends; a later one of the port, be it on the same
    /// interface, is left alone.</summary>
    internal void Detach(int portId, int opening)
    {
        OffloadedPort port = Port(portId);
        lock (_gate)
        {
            if (port.IsOpening(opening)) TakeOut(port);
        }
    }

    private void AttachIngress(int portId, OffloadedPort port)
    {
        int link = BpfCalls.AttachIngress(_rewriter, port.InterfaceIndex);
        if (link >= 0) port.Attach(link);
        else Obstacle = $"port {portId}: tcx: {Marshal.GetLastPInvokeErrorMessage()}";
    }

    private static int Index(int number, bool fromClient) =>
        (2 * (number - 1)) + (fromClient ? 0 : 1);

    private static int Note(List<int> made, int descriptor)
    {
        made.Add(descriptor);
        return descriptor;
    }

    private bool TryPublish(
        int index, in OffloadedFlow flow, OffloadedPort ingress, OffloadedPort egress)
    {
        FlowSlot* slot = _slots + index;
        *slot = FlowSlotWriter.Write(flow, ingress.InterfaceIndex, egress.InterfaceIndex);
        _collected[index] = default;
        _sides[index] = (ingress, egress);
        Volatile.Write(ref slot->State, FlowSlot.Pending);
        int keys = flow.Ends.Source.IsV6 ? _maps.Keys6 : _maps.Keys4;
        _isPublished[index] = BpfCalls.Update(keys, &slot->Key, &index) == 0;
        return _isPublished[index];
    }

    // The port takes no part any more. Its flows are the loops': they would find their interface
    // by a number that may be gone.
    private void TakeOut(OffloadedPort port)
    {
        for (int index = 0; index < _sides.Length; index++)
        {
            (OffloadedPort? ingress, OffloadedPort? egress) = _sides[index];
            if (!_isPublished[index] || (ingress != port && egress != port)) continue;
            Withdraw(index);
            Volatile.Write(ref _changes, _changes + 1);
        }
        port.Detach();
    }

    // The state says nothing of it: a program may just have moved it.
    private void Withdraw(int index)
    {
        if (!_isPublished[index]) return;
        _isPublished[index] = false;
        FlowSlot* slot = _slots + index;
        Volatile.Write(ref slot->State, FlowSlot.Idle);
        int keys = (slot->Flags & FlowSlot.IsV6) != 0 ? _maps.Keys6 : _maps.Keys4;
        _ = BpfCalls.Delete(keys, &slot->Key);
    }
}
