// What PacketPortContract needs of a kind of port: a wire on which frames can be put and from which
// they can be taken.

using PacketSwitch.DataPlane;

namespace PacketSwitch.Tests.PacketIo;

internal abstract class PortHarness : IDisposable
{
    /// <summary>The port under test.</summary>
    public abstract IPacketPort Port { get; }

    /// <summary>Puts a frame on the wire towards the port.</summary>
    public abstract void Inject(byte[] frame);

    /// <summary>Takes frames the port has sent, at most so many.</summary>
    public abstract List<byte[]> Collect(int count);

    /// <summary>Takes the interface down; false where the port has nothing that could be
    /// down.</summary>
    public abstract bool TryTakeDown();

    /// <summary>Brings it up again.</summary>
    public abstract void BringUp();

    /// <summary>Lets longer frames pass; before the first frame.</summary>
    public abstract void SetMtu(int mtu);

    /// <summary>One burst, with whatever the port needs before it gives one.</summary>
    public virtual int Receive(FrameBurst burst) => Port.Receive(burst);

    /// <summary>Copies of the frames received until so many came or none more does.</summary>
    public List<byte[]> ReceiveAll(int count)
    {
        var burst = new FrameBurst();
        List<byte[]> received = [];
        long deadline = Environment.TickCount64 + Patience.Ms;
        while (received.Count < count && Environment.TickCount64 < deadline)
        {
            int got = Receive(burst);
            for (int i = 0; i < got; i++)
            {
                if (TestFrames.IsOurs(burst.Frames[i].Span)) received.Add(
                    burst.Frames[i].Span.ToArray());
            }
            Port.Release(burst);
            if (got == 0) Thread.Yield();
        }
        return received;
    }

    /// <summary>
    /// Receives until as many frames as were put on the wire have been received or counted as
    /// dropped: the kernel may pass them on a moment later. Returns those received.
    /// </summary>
    public long ReceiveOrCountDropped(int frames)
    {
        var burst = new FrameBurst();
        long received = 0;
        Patience.Until(() =>
        {
            received += Receive(burst);
            Port.Release(burst);
            return burst.Count == 0
                && received + Port.ReadStatistics().KernelDrops >= frames;
        });
        return received;
    }

    public abstract void Dispose();
}
