// Two threads that are released together, round after round, each after a small random spin, so
// that their steps meet in every order. Used by the race tests, which print its seed.

using System.Diagnostics;

namespace PacketSwitch.Tests.DataPlane.Offload;

/// <summary>Lets two actions race. For one thread, which is the first of the two.</summary>
internal sealed class Duel(int seed)
{
    // The second hears of its release later than the first begins, by what a cache line takes.
    private const int MostSpinsOfFirst = 200;
    private const int MostSpinsOfSecond = 40;
    private const int ShortWait = 2_000;
    private const int LeastRounds = 500; // Where the time is over first.
    private static readonly TimeSpan Enough = TimeSpan.FromSeconds(2);

    private readonly Random _random = new(seed);

    // Written by: the first thread. Read by: the second.
    private int _released;
    private int _spins;
    private bool _isOver;

    private int _finished; // Written by: the second thread. Read by: the first.
    private Exception? _failure;

    /// <summary>Races so often, or for two seconds on a busy machine; judge ends it with what is
    /// wrong. Returns that, with the round; null when nothing was.</summary>
    public string? Run(int rounds, Action prepare, Action first, Action second, Func<string?> judge)
    {
        var thread = new Thread(() => RunSecond(second));
        thread.Start();
        var clock = Stopwatch.StartNew();
        string? wrong = null;
        int round = 0;
        while (wrong is null && round < rounds && (round < LeastRounds || clock.Elapsed < Enough))
        {
            prepare();
            _spins = _random.Next(MostSpinsOfSecond);
            int spins = _random.Next(MostSpinsOfFirst);
            Volatile.Write(ref _released, ++round);
            Spin(spins);
            first();
            Await(ref _finished, round);
            wrong = _failure?.ToString() ?? judge();
        }
        _isOver = true;
        Volatile.Write(ref _released, round + 1);
        thread.Join();
        return wrong is null ? null : $"round {round}: {wrong}";
    }

    private void RunSecond(Action step)
    {
        for (int round = 1; ; round++)
        {
            Await(ref _released, round);
            if (_isOver) return;
            Spin(_spins);
            try
            {
                step();
            }
            catch (Exception error)
            {
                _failure = error;
            }
            Volatile.Write(ref _finished, round);
        }
    }

    private static void Await(ref int number, int value)
    {
        for (int i = 0; Volatile.Read(ref number) != value; i++)
        {
            if (i > ShortWait) Thread.Yield();
        }
    }

    private static void Spin(int turns)
    {
        int left = turns;
        while (Volatile.Read(ref left) > 0) left--;
    }
}
