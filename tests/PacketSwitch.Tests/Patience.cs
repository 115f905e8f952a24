// How long a test waits for what must come. Only a broken one waits so long, so the time costs
// nothing where all is well, and a slow and busy machine is no failure.

namespace PacketSwitch.Tests;

internal static class Patience
{
    /// <summary>The longest wait, in milliseconds.</summary>
    public const int Ms = 60_000;

    /// <summary>The same.</summary>
    public static readonly TimeSpan Time = TimeSpan.FromMilliseconds(Ms);

    /// <summary>Asks until it is so; false when it never was.</summary>
    public static bool Until(Func<bool> isSo) => SpinWait.SpinUntil(isSo, Ms);
}
