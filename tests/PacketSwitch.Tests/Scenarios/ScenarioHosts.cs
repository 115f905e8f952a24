// The machines around a scenario's switch: where each address is, and how far each TCP connection has come at either end, so that a line need not
// say sequence numbers. A host's next segment continues its last one and acknowledges what has reached it. Used by ScenarioRunner.

using PacketSwitch.Control.Config;
using PacketSwitch.Wire;

namespace PacketSwitch.Tests.Scenarios;

/// <summary>MACs by address or name, and TCP numbers by endpoint.</summary>
internal sealed class ScenarioHosts
{
    private const ulong HostMacs = 0x0a00_0000_0000;
    private const uint NextSyn = 100_000;

    private readonly MacAddress _switchMac;
    private readonly Dictionary<IpAddress, MacAddress> _known = [];
    private readonly Dictionary<string, Numbers> _numbers = [];
    private IpAddress _asker;

    public ScenarioHosts(SwitchConfig config, MacAddress switchMac)
    {
        _switchMac = switchMac;
        Know(config);
        _asker = config.Interfaces.FirstOrDefault()?.Address ?? config.Virts.FirstOrDefault()?.Address ?? default;
    }

    /// <summary>Takes note of the switch's addresses and the servers' fixed MACs.</summary>
    public void Know(SwitchConfig config)
    {
        foreach (VirtConfig virt in config.Virts)
        {
            Add(virt.Address, _switchMac);
            foreach (IpAddress proxy in virt.Services.SelectMany(service => service.ProxyAddresses))
            {
                Add(proxy, _switchMac);
            }
        }
        foreach (InterfaceConfig own in config.Interfaces)
        {
            Add(own.Address, _switchMac);
        }
        foreach (RealConfig real in config.Reals)
        {
            Add(real.Address, real.Mac);
        }
    }

    /// <summary>The MAC of a word: an address, <c>switch</c>, <c>broadcast</c>, a MAC, or any name for a machine without address.</summary>
    public MacAddress Mac(string word)
    {
        if (word == "switch")
        {
            return _switchMac;
        }
        if (word == "broadcast")
        {
            return MacAddress.Broadcast;
        }
        if (IpAddress.TryParse(word, out IpAddress address))
        {
            return Mac(address);
        }
        if (MacAddress.TryParse(word, out MacAddress mac))
        {
            return mac;
        }
        ulong hash = 14695981039346656037;
        foreach (char letter in word)
        {
            hash = (hash ^ letter) * 1099511628211;
        }
        return new MacAddress(0x0e00_0000_0000 | (hash & 0xffff_ffff));
    }

    /// <summary>The MAC of the machine with the address: both families' images of an address are one machine.</summary>
    public MacAddress Mac(IpAddress address)
        => address.IsMulticast && address.IsV6 ? address.V6.MulticastMac
            : _known.TryGetValue(address, out MacAddress mac) ? mac
            : new MacAddress(HostMacs | (address.IsV6 ? address.V6.Low & 0xffff_ffff : address.V4.Value));

    /// <summary>The address that the switch asked from last.</summary>
    public IpAddress Asker => _asker;

    /// <summary>Fills in the numbers that a line about an entering TCP segment does not say.</summary>
    public void Number(FrameFacts facts, bool fromServer)
    {
        Numbers own = At(facts, FrameFacts.Source, FrameFacts.SourcePort, FrameFacts.Target, FrameFacts.TargetPort);
        string flags = facts[FrameFacts.Flags];
        bool syn = flags.Contains('S');
        if (syn && own.HasSpoken)
        {
            own.First += NextSyn;
        }
        if (syn || own.Next == 0)
        {
            own.First = own.First == 0 ? fromServer ? 5000u : 1000u : own.First;
            own.Next = syn ? own.First : own.First + 1;
        }
        facts.TryAdd(FrameFacts.Sequence, own.Next.ToString());
        facts.TryAdd(FrameFacts.Acknowledgement, (flags.Contains('A') ? own.Received : 0).ToString());
        own.HasSpoken |= !syn;
        uint end = facts.Word(FrameFacts.Sequence, 0) + facts.Word(FrameFacts.Length, 0)
            + (flags.Contains('F') ? 1u : 0) + (syn ? 1u : 0);
        own.Next = end;
    }

    /// <summary>Notes what a frame that left the switch tells the machine it is for.</summary>
    public void Saw(FrameFacts facts)
    {
        if (facts.GetValueOrDefault(FrameFacts.Operation) == "who-has")
        {
            _asker = IpAddress.Parse(facts[FrameFacts.Teller]);
        }
        if (facts[FrameFacts.Kind] != "tcp" || !facts.ContainsKey(FrameFacts.Sequence))
        {
            return;
        }
        Numbers own = At(facts, FrameFacts.Target, FrameFacts.TargetPort, FrameFacts.Source, FrameFacts.SourcePort);
        string flags = facts[FrameFacts.Flags];
        uint end = facts.Word(FrameFacts.Sequence, 0) + facts.Word(FrameFacts.Length, 0)
            + (flags.Contains('F') ? 1u : 0) + (flags.Contains('S') ? 1u : 0);
        own.Received = flags.Contains('S') || (int)(end - own.Received) > 0 ? end : own.Received;
    }

    private void Add(IpAddress? address, MacAddress? mac)
    {
        if (address is { } a && mac is { } m)
        {
            _known[a] = m;
        }
    }

    private Numbers At(FrameFacts facts, string own, string ownPort, string peer, string peerPort)
    {
        string key = $"{facts[own]} {facts[ownPort]} {facts[peer]} {facts[peerPort]}";
        if (!_numbers.TryGetValue(key, out Numbers? numbers))
        {
            numbers = _numbers[key] = new Numbers();
        }
        return numbers;
    }

    private sealed class Numbers
    {
        public uint First;
        public uint Next;
        public uint Received;
        public bool HasSpoken;
    }
}
