// Replays an ordinary capture of clients that talk to a VIP: what they sent enters at the
// lowest-numbered client port, what the VIP answered is turned into what the chosen real server
// would have sent and enters at the lowest-numbered server port. NAT there and back is the
// identity; this counts whether it was. Called by the replay command.

using PacketSwitch.Control.Config;
using PacketSwitch.DataPlane;
using PacketSwitch.Explain;
using PacketSwitch.PacketIo;
using PacketSwitch.Wire;

namespace PacketSwitch.Replay;

/// <summary>The one-file replay.</summary>
internal sealed class OneFileReplay
{
    private readonly SwitchConfig _config;
    private readonly MemoryPort[] _ports;
    private readonly MemoryPort _client;
    private readonly MemoryPort _server;
    private readonly CaptureFileWriter?[] _outputs;
    private readonly VerdictWriter _verdicts;
    private readonly AnswerComparison _answers = new();
    private readonly AnswerTranslator _translator;
    private readonly ReplayWatch? _watch;
    private long _entered;

    private OneFileReplay(
        SwitchConfig config, PortConfig client, PortConfig server, CapturedFragments fragments,
        CaptureFileWriter?[] outputs, TextWriter? verdicts, bool offloads, ReplayWatch? watch)
    {
        _config = InventedMacs.In(config);
        _watch = watch;
        _ports = [.. config.Ports.Select(port => new MemoryPort(port.Id)
        {
            Mtu = offloads ? 1500 : ushort.MaxValue,
            Offloads = offloads ? OffloadSupport.ByValue : OffloadSupport.None,
        })];
        _client = _ports.First(port => port.Id == client.Id);
        _server = _ports.First(port => port.Id == server.Id);
        _outputs = outputs;
        _translator = new AnswerTranslator(fragments, MacOf);
        _verdicts = new VerdictWriter(verdicts, [.. _ports.Select(port => port.Id)]);
    }

    /// <summary>
    /// Runs the replay to its end. Null with a problem when it cannot begin; a problem beside a
    /// summary means that the capture was truncated: its whole frames have been processed.
    /// </summary>
    public static ReplaySummary? Run(
        SwitchConfig config, string file, IReadOnlyList<PortFile> outputs, bool offloads,
            TextWriter? verdicts,
        ReplayWatch? watch, out PortProblem? problem)
    {
        PortConfig? client = config.Ports.FirstOrDefault(port => port.Client);
        PortConfig? server = config.Ports.FirstOrDefault(port => port.Server);
        if (client is null || server is null)
        {
            problem = new PortProblem(
                "replaying one file needs a client port and a server port in the configuration "
                + "(port 8 / client ena, port 1 / server ena)", PortProblem.Usage);
            return null;
        }
        if (!CaptureFileReader.TryOpen(file, out CaptureFileReader? reader, out problem))
        {
            return null;
        }
        using (reader)
        {
            CaptureFileWriter?[] writers = new CaptureFileWriter?[config.Ports.Count];
            try
            {
                for (int i = 0; i < writers.Length; i++)
                {
                    PortFile? output = outputs.FirstOrDefault(o => o.Port == config.Ports[i].Id);
                    if (output is not null
                        && !CaptureFileWriter.TryCreate(output.Path, out writers[i], out problem))
                    {
                        return null;
                    }
                }
                var replay = new OneFileReplay(
                    config, client, server, CapturedFragments.Read(file), writers, verdicts,
                        offloads, watch);
                return replay.Run(reader!, out problem);
            }
            finally
            {
                Array.ForEach(writers, writer => writer?.Dispose());
            }
        }
    }

    private ReplaySummary Run(CaptureFileReader reader, out PortProblem? problem)
    {
        OfflineSwitch? offline = null;
        while (_entered < (_watch?.LastFrame ?? long.MaxValue)
            && reader.TryRead(out CaptureFrame captured))
        {
            offline ??= Make(captured.TimeNs);
            offline.AdvanceTo(captured.TimeNs);
            Drain(offline);
            _verdicts.Enter(captured.TimeNs, reader.Path, captured.Number);
            Replay(offline, captured);
        }
        offline ??= Make(0);
        using (offline)
        {
            offline.Finish();
            Drain(offline);
            Array.ForEach(_outputs, output => output?.TryFlush());
            problem = reader.Problem
                ?? _outputs.Select(o => o?.Problem).FirstOrDefault(p => p is not null);
            return new ReplaySummary(
                offline.Counters, offline.Tables.SessionCount, _answers.Figures);
        }
    }

    private OfflineSwitch Make(long startNs)
    {
        var offline = new OfflineSwitch(
            _config, ObservedPort.Around(_ports, _watch?.Recorder),
            new VerdictTracer(Decided, _watch?.Recorder), startNs);
        // What is sent is written with the time at which it is sent: before the clock goes on.
        offline.Moving = _ => Drain(offline);
        return offline;
    }

    private void Decided(FrameInfo info)
    {
        _answers.Decided(info);
        _verdicts.Decided(info);
    }

    private void Replay(OfflineSwitch offline, CaptureFrame captured)
    {
        // A frame longer than any that a port can receive is cut, as a port would.
        byte[] frame =
            captured.Bytes[..Math.Min(captured.Bytes.Length, Limits.MaxFrameBytes)].ToArray();
        bool isWhole = captured.WireLength <= frame.Length;
        CapturedAs kind = isWhole && _watch?.InPort is null
            ? _translator.Translate(frame, captured.Number, offline) : CapturedAs.Request;
        _entered++;
        _watch?.Entered?.Invoke();
        if (kind == CapturedAs.Answer)
        {
            _answers.Enter(_entered, captured.Number, captured.Bytes.ToArray());
        }
        _answers.Figures.NoSession += kind == CapturedAs.StrayAnswer ? 1 : 0;
        MemoryPort port = _watch?.InPort is { } said
            ? _ports.First(candidate => candidate.Id == said)
            : kind == CapturedAs.Request ? _client : _server;
        port.Enqueue(frame, wireLength: captured.WireLength);
        offline.Settle();
        Drain(offline);
    }

    // Writes what was sent, and holds it against the answers that are open.
    private void Drain(OfflineSwitch offline)
    {
        for (int i = 0; i < _ports.Length; i++)
        {
            while (_ports[i].TryTakeSent(out byte[] sent))
            {
                _outputs[i]?.Write(offline.NowNs, sent);
                if (ReferenceEquals(_ports[i], _client))
                {
                    _answers.Left(sent);
                }
            }
        }
        _answers.Settle();
    }

    private MacAddress MacOf(ushort real) => InventedMacs.Of(_config, real);
}
