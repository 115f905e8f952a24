// A capture in the making: what a client and a VIP say to each other, frame by frame, with honest sequence numbers. The
// tests of the one-file replay write their captures with it.

namespace PacketSwitch.Cli.Tests.Support;

internal sealed class Conversation(string client, string vip)
{
    private const long Start = 1_700_000_000_000_000_000;
    private const string ServerMac = "02:00:00:00:00:fe";
    private const string ClientMac = "02:00:00:00:01:01";

    private readonly List<Stamped> _frames = [];
    private long _timeNs = Start;
    private uint _clientNext = 1_000;
    private uint _vipNext = 7_000;

    /// <summary>Changes each frame before it is written: tags, padding, options, checksums.</summary>
    public Func<TestFrame, TestFrame> Finish { get; init; } = frame => frame;

    public IReadOnlyList<Stamped> Frames => _frames;

    /// <summary>How many of the frames the VIP sent.</summary>
    public int Answers { get; private set; }

    public Conversation Handshake()
    {
        Client(TestFrame.Syn);
        Vip(TestFrame.Syn | TestFrame.Ack);
        return Client(TestFrame.Ack);
    }

    public Conversation Exchange(string request, string answer)
    {
        Client(TestFrame.Psh | TestFrame.Ack, request);
        Vip(TestFrame.Ack);
        Vip(TestFrame.Psh | TestFrame.Ack, answer);
        return Client(TestFrame.Ack);
    }

    public Conversation Goodbye()
    {
        Client(TestFrame.Fin | TestFrame.Ack);
        Vip(TestFrame.Fin | TestFrame.Ack);
        return Client(TestFrame.Ack);
    }

    /// <summary>A segment of the client's.</summary>
    public Conversation Client(int flags, string payload = "")
    {
        uint acknowledgement = (flags & TestFrame.Ack) != 0 ? _vipNext : 0;
        Add(new TestFrame(client, vip)
        {
            Flags = (byte)flags,
            Sequence = _clientNext,
            Acknowledgement = acknowledgement,
            Payload = payload,
            FromMac = ClientMac,
            ToMac = ServerMac,
        });
        _clientNext += Length(flags, payload);
        return this;
    }

    /// <summary>A segment of the VIP's.</summary>
    public Conversation Vip(int flags, string payload = "")
    {
        Add(new TestFrame(vip, client)
        {
            Flags = (byte)flags,
            Sequence = _vipNext,
            Acknowledgement = _clientNext,
            Payload = payload,
            FromMac = ServerMac,
            ToMac = ClientMac,
        });
        Answers++;
        _vipNext += Length(flags, payload);
        return this;
    }

    /// <summary>A datagram there and one back.</summary>
    public Conversation Datagrams(string request, string answer)
    {
        Add(new TestFrame(client, vip) { Payload = request, FromMac = ClientMac, ToMac = ServerMac });
        Add(new TestFrame(vip, client) { Payload = answer, FromMac = ServerMac, ToMac = ClientMac });
        Answers++;
        return this;
    }

    /// <summary>A datagram there and one back, each in fragments of so many bytes.</summary>
    public Conversation DividedDatagrams(string request, string answer, int bytes)
    {
        var there = new TestFrame(client, vip) { Payload = request, FromMac = ClientMac, ToMac = ServerMac };
        var back = new TestFrame(vip, client) { Payload = answer, FromMac = ServerMac, ToMac = ClientMac };
        byte[][] answers = back.ToFragments(bytes);
        foreach (byte[] fragment in (byte[][])[.. there.ToFragments(bytes), .. answers])
        {
            _timeNs += 1_000_000;
            _frames.Add(new Stamped(_timeNs, fragment));
        }
        Answers += answers.Length;
        return this;
    }

    /// <summary>The last frame once more, as the network or its sender repeats it.</summary>
    public Conversation Again(bool fromVip)
    {
        _timeNs += 300_000_000;
        _frames.Add(_frames[^1] with { TimeNs = _timeNs });
        Answers += fromVip ? 1 : 0;
        return this;
    }

    public Conversation Wait(double seconds)
    {
        _timeNs += (long)(seconds * 1_000_000_000);
        return this;
    }

    /// <summary>The same two begin anew, with other sequence numbers.</summary>
    public Conversation Anew()
    {
        _clientNext += 1_000_000;
        _vipNext += 2_000_000;
        return this;
    }

    private static uint Length(int flags, string payload)
        => (uint)payload.Length + ((flags & (TestFrame.Syn | TestFrame.Fin)) != 0 ? 1u : 0);

    private void Add(TestFrame frame)
    {
        _timeNs += 1_000_000;
        _frames.Add(new Stamped(_timeNs, Finish(frame).ToBytes()));
    }
}
