// How far a long replay has come, on a terminal only: one line on stderr that is written over, and gone at the end.

using System.Globalization;

namespace PacketSwitch.Replay;

/// <summary>A counter that a person sees.</summary>
internal sealed class ReplayProgress : IDisposable
{
    private const long EveryMs = 100;
    private const int LookEvery = 1024;

    private readonly bool _isShown = !Console.IsErrorRedirected;
    private readonly long _started = Environment.TickCount64;
    private long _frames;
    private long _last = Environment.TickCount64;
    private bool _isWritten;

    /// <summary>A frame has entered.</summary>
    public void Tick()
    {
        _frames++;
        if (!_isShown || _frames % LookEvery != 0)
        {
            return;
        }
        long now = Environment.TickCount64;
        if (now - _last < EveryMs)
        {
            return;
        }
        _last = now;
        _isWritten = true;
        double rate = _frames * 1000.0 / Math.Max(now - _started, 1);
        Console.Error.Write(string.Create(
            CultureInfo.InvariantCulture, $"\rreplayed {_frames:N0} frames, {rate:N0} a second "));
    }

    public void Dispose()
    {
        if (_isWritten)
        {
            Console.Error.Write("\r" + new string(' ', 60) + "\r");
        }
    }
}
