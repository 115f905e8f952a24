// The shells that are open: each client that sends lines has a place in the menus, found by the name it was given. Bounded: the one that was
// silent longest is forgotten.

using System.Security.Cryptography;
using PacketSwitch.Api;
using PacketSwitch.Reports;

namespace PacketSwitch.Shell;

/// <summary>Shell sessions by name. Thread-safe.</summary>
internal sealed class ShellSessions(ControlApi api)
{
    private const int Most = 32;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, ShellSession> _sessions = [];
    private readonly Dictionary<string, long> _used = [];
    private long _uses;

    /// <summary>Executes a line in a session; an empty or forgotten name begins a new one at the top.</summary>
    public ShellReport Execute(string name, string line, bool mayChange)
    {
        ShellSession session;
        lock (_gate)
        {
            if (!_sessions.TryGetValue(name, out ShellSession? known) || known.MayChange != mayChange)
            {
                name = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));
                known = new ShellSession(api, mayChange);
                _sessions[name] = known;
            }
            _used[name] = ++_uses;
            while (_sessions.Count > Most)
            {
                string oldest = _used.MinBy(one => one.Value).Key;
                _sessions.Remove(oldest);
                _used.Remove(oldest);
            }
            session = known;
        }
        lock (session)
            return session.Execute(line) with { Session = name };
    }
}
