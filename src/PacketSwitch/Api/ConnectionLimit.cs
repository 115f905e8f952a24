// Bounds the connections of one control socket: what comes above the bound is closed at once, so that a thousand idle connections to the
// reader's socket neither take memory nor the administrator's place.

using Microsoft.AspNetCore.Connections;

namespace PacketSwitch.Api;

/// <summary>A connection middleware of one endpoint.</summary>
internal sealed class ConnectionLimit(int most)
{
    private int _open; // Written by: any connection (interlocked).

    public ConnectionDelegate Around(ConnectionDelegate next) => async connection =>
    {
        if (Interlocked.Increment(ref _open) > most)
        {
            Interlocked.Decrement(ref _open);
            connection.Abort();
            return;
        }
        try
        {
            await next(connection);
        }
        finally
        {
            Interlocked.Decrement(ref _open);
        }
    };
}
