// Carries a scenario out on a whole switch and throws at the first line that does not hold, with file and line. Called by ScenarioTests. What it checks
// of every frame, said or not: right lengths and checksums, nothing changed but what a rewrite changes, no frame that no line
// expects; and at the end that every frame and session is accounted for.

using PacketSwitch.Control.Config;
using PacketSwitch.DataPlane;
using PacketSwitch.PacketIo;
using PacketSwitch.Tests.DataPlane;
using PacketSwitch.Wire;

namespace PacketSwitch.Tests.Scenarios;

internal sealed class ScenarioRunner : IDisposable
{
    private readonly Scenario _scenario;
    private SwitchConfig _config;
    private readonly TestSwitch _switch;
    private readonly ScenarioHosts _hosts;
    private readonly FrameBuilder _builder;
    private readonly FrameOrigins _origins = new();
    private readonly long _startNs;
    private readonly Dictionary<int, Queue<byte[]>> _left = [];
    private readonly Dictionary<string, string> _names = [];
    private ScenarioStep? _entered;
    private string _happened = "nothing has entered";
    private long _made;

    public ScenarioRunner(Scenario scenario)
    {
        _scenario = scenario;
        _config = scenario.ReadConfig();
        _switch = new TestSwitch(_config, scenario.IsLive, scenario.HasHost);
        _hosts = new ScenarioHosts(_config, _switch.Mac);
        _builder = new FrameBuilder(_hosts);
        _startNs = _switch.NowNs;
    }

    /// <summary>Runs all lines.</summary>
    /// <exception cref="ScenarioException">A line does not hold.</exception>
    public void Run()
    {
        Collect();
        foreach (ScenarioStep step in _scenario.Steps)
        {
            for (int round = 0; round < step.Times; round++)
            {
                try
                {
                    Do(step, TextOf(step, round), round);
                }
                catch (Exception e) when (e is FormatException or OverflowException)
                {
                    throw Failed(step, $"{TextOf(step, round)}\n  {e.Message}");
                }
            }
        }
        RequireNothingLeft(null);
        string? imbalance = _switch.FindImbalance();
        if (imbalance is null && _made != _switch.Counters.Originated)
        {
            imbalance = $"{_made} frames were made by the switch, it counted {_switch.Counters.Originated}";
        }
        if (imbalance is not null)
        {
            throw new ScenarioException($"{_scenario.File}: at the end: {imbalance}");
        }
    }

    public void Dispose() => _switch.Dispose();

    private void Do(ScenarioStep step, string text, int round)
    {
        if (step.IsOutput)
        {
            Leave(step, text);
            return;
        }
        if (step is { IsFrame: true } && step == _entered && round > 0)
        {
            Enter(step, text);
            return;
        }
        if (step.Words[0] != "expect")
        {
            RequireNothingLeft(step);
        }
        if (step.IsFrame)
        {
            Enter(step, text);
            return;
        }
        switch (step.Words)
        {
            case ["after", string time]:
                MoveTo(step, _switch.NowNs + ScenarioTime.Nanoseconds(time));
                break;
            case ["at", string time]:
                MoveTo(step, _startNs + ScenarioTime.Nanoseconds(time));
                break;
            case ["nothing"]:
                break;
            case ["expect", ..]:
                if (ScenarioFigures.FindDifference(_switch, text) is { } difference)
                {
                    throw Failed(step, $"{difference}; {_happened}");
                }
                break;
            case ["down" or "up", string port]:
                _switch.Ports[PortIndex(port)].IsUp = step.Words[0] == "up";
                break;
            case ["mtu", string port, string bytes]:
                _switch.Ports[PortIndex(port)].Mtu = int.Parse(bytes);
                break;
            case ["apply"]:
                _config = _scenario.ReadConfig(step);
                _hosts.Know(_config);
                _switch.Control.Apply(_config);
                Ordered(text);
                break;
            default:
                if (!ScenarioOrders.TryGive(_switch, _config, text.Split(' ')))
                {
                    throw Failed(step, $"'{text}' is not understood");
                }
                Ordered(text);
                break;
        }
    }

    private void Ordered(string text)
    {
        _switch.Settle();
        _happened = $"'{text}' was ordered";
        Collect();
    }

    // Repetitions of one line enter one after another; what leaves is expected by the lines after it.
    private void Enter(ScenarioStep step, string text)
    {
        FrameLine line = FrameLine.Parse(text, _hosts);
        int port = PortIndex(line.Port);
        if (line.Facts[FrameFacts.Kind] == "tcp" && !line.Facts.ContainsKey(FrameFacts.Fragment))
        {
            PortRoles roles = _switch.Snapshot.Ports[port];
            _hosts.Number(line.Facts, roles == PortRoles.Server);
        }
        byte[] frame = _builder.Build(line.Facts, out int wireLength);
        _origins.Entered(frame);
        _switch.TakeVerdicts();
        _switch.Enter(port, frame, wireLength);
        Collect();
        _entered = step;
        FrameInfo[] verdicts = _switch.TakeVerdicts();
        FrameInfo info = verdicts.First(verdict => verdict.Number == verdicts.Max(other => other.Number));
        string verdict = Text(info);
        _happened = $"line {step.Number} '{FrameText.Describe(frame)}' was {verdict}";
        bool mustSay = info.Verdict is Verdict.Drop or Verdict.Held;
        if (line.Verdict == "" ? mustSay : verdict != line.Verdict && verdict.Split(' ')[0] != line.Verdict)
        {
            throw Failed(step, $"{text}\n  was: {verdict}");
        }
    }

    private void Leave(ScenarioStep step, string text)
    {
        FrameLine line = FrameLine.Parse(text, _hosts);
        int port = PortIndex(line.Port);
        if (!_left.TryGetValue(port, out Queue<byte[]>? left) || !left.TryDequeue(out byte[]? frame))
        {
            throw Failed(step, $"expected on port {_switch.Ports[port].Id}: {text}\n  nothing left there; "
                + $"{OnOtherPorts()}; {_happened}");
        }
        FrameFacts actual = FrameReader.Read(frame);
        FrameFacts expected = line.Facts;
        FrameOrigin origin = _origins.Of(frame);
        Name(expected, actual);
        Complete(expected, actual, origin);
        string differences = expected.DifferencesOf(actual);
        if (differences.Length > 0)
        {
            throw Failed(step, $"expected on port {_switch.Ports[port].Id}: {text}\n  what left is: "
                + $"{FrameText.Describe(frame)}\n  {differences}; {_happened}");
        }
        if (Spoiled(frame, actual, origin) is { } spoiled)
        {
            throw Failed(step, $"{text}\n  what left is {FrameText.Describe(frame)}: {spoiled}; {_happened}");
        }
        _made += origin == FrameOrigin.Made ? 1 : 0;
        _hosts.Saw(actual);
    }

    // A value that the switch chooses is called $name where it is first seen, and is the same wherever the name stands again.
    private void Name(FrameFacts expected, FrameFacts actual)
    {
        foreach ((string fact, string value) in expected.ToArray())
        {
            if (value.StartsWith('$'))
            {
                string found = expected[fact] = actual.GetValueOrDefault(fact, "none");
                bool isAddress = fact is FrameFacts.Source or FrameFacts.Target;
                _names[value] = isAddress && found.Contains(':') ? $"[{found}]" : found;
            }
        }
    }

    private string TextOf(ScenarioStep step, int round)
    {
        string text = _scenario.TextOf(step, round);
        foreach ((string name, string value) in _names)
        {
            text = text.Replace(name, value);
        }
        return text;
    }

    // What a line need not say: no tag, right checksums, and that the frame goes to the machine it is addressed to.
    private void Complete(FrameFacts expected, FrameFacts actual, FrameOrigin origin)
    {
        expected.TryAdd(FrameFacts.Vlan, "none");
        if (origin == FrameOrigin.Bridged)
        {
            return;
        }
        expected.TryAdd(FrameFacts.Checksum, "right");
        expected.TryAdd(FrameFacts.SourceMac, _switch.Mac.ToString());
        if (expected.TryGetValue(FrameFacts.Target, out string? target))
        {
            expected.TryAdd(FrameFacts.TargetMac, _hosts.Mac(IpAddress.Parse(target)).ToString());
        }
        else if (expected.GetValueOrDefault(FrameFacts.Operation) == "is-at")
        {
            IpAddress told = IpAddress.Parse(actual.GetValueOrDefault(FrameFacts.Teller, "0.0.0.0"));
            expected.TryAdd(FrameFacts.TargetMac, _hosts.Mac(told).ToString());
        }
        else if (expected.TryGetValue(FrameFacts.Wanted, out string? wanted))
        {
            IpAddress address = IpAddress.Parse(wanted);
            MacAddress everybody = address.IsV6
                ? address.V6.SolicitedNodeMulticast.MulticastMac : MacAddress.Broadcast;
            expected.TryAdd(FrameFacts.TargetMac, everybody.ToString());
            expected.TryAdd(FrameFacts.IsAt, _switch.Mac.ToString());
        }
    }

    private string? Spoiled(byte[] frame, FrameFacts actual, FrameOrigin origin)
    {
        if (origin != FrameOrigin.Made)
        {
            return null;
        }
        if (!FrameShape.HasRightLength(frame))
        {
            return $"its {frame.Length} bytes are not what its headers say";
        }
        string icmp = actual.GetValueOrDefault(FrameFacts.Icmp, "echo");
        bool quotes = !IcmpWords.IsError(icmp) || _origins.QuotesWhatEntered(frame);
        return quotes ? null : "it quotes a packet that did not enter";
    }

    private void MoveTo(ScenarioStep step, long timeNs)
    {
        if (timeNs < _switch.NowNs)
        {
            throw Failed(step, "the clock never goes back");
        }
        _switch.AdvanceTo(timeNs);
        _happened = $"the clock stands at {(timeNs - _startNs) / 1e9} s";
        Collect();
    }

    private void Collect()
    {
        for (int i = 0; i < _switch.Ports.Length; i++)
        {
            while (_switch.Ports[i].TryTakeSent(out byte[] frame))
            {
                _left.TryAdd(i, new Queue<byte[]>());
                _left[i].Enqueue(frame);
            }
        }
    }

    private void RequireNothingLeft(ScenarioStep? step)
    {
        if (_left.Values.Any(queue => queue.Count > 0))
        {
            string where = step is null ? $"{_scenario.File}: at the end" : $"{_scenario.File}:{step.Number}: before this line";
            throw new ScenarioException($"{where} a frame left that no line expects: {OnOtherPorts()}; {_happened}");
        }
    }

    private string OnOtherPorts()
    {
        IEnumerable<string> frames =
            from port in _left
            from frame in port.Value
            select $"on port {_switch.Ports[port.Key].Id}: {FrameText.Describe(frame)}";
        string text = string.Join(", ", frames.Take(4));
        return text.Length == 0 ? "nothing waits on other ports" : text;
    }

    private int PortIndex(string word)
    {
        int index = word switch
        {
            "client" => Array.FindIndex(_switch.Snapshot.Ports, roles => (roles & PortRoles.Client) != 0),
            "server" => Array.FindIndex(_switch.Snapshot.Ports, roles => (roles & PortRoles.Server) != 0),
            "host" => _switch.Snapshot.HostPort,
            _ => Array.FindIndex(_switch.Ports, port => port.Id.ToString() == word),
        };
        return index < 0 ? throw new FormatException($"'{word}' is no port of the configuration") : index;
    }

    private static string Text(FrameInfo info) => info.Verdict switch
    {
        Verdict.Drop => $"drop {ReasonText.Of(info.Drop)}",
        Verdict.Punt => $"punt {ReasonText.Of(info.Pass)}",
        Verdict.Held => "held",
        _ => $"pass {ReasonText.Of(info.Pass)}",
    };

    private ScenarioException Failed(ScenarioStep step, string message)
        => new($"{_scenario.File}:{step.Number}: {message}");
}
