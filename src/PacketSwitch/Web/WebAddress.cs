// Reads where the dashboard is to be: `sys/web ADDR` in the configuration and `run --web ADDR`. A
// port alone means this machine only; who wants it beyond loopback says the address.

using System.Globalization;
using System.Net;

namespace PacketSwitch.Web;

/// <summary>The address of the web server.</summary>
internal static class WebAddress
{
    /// <summary>
    /// <c>8080</c>, <c>127.0.0.1:8080</c>, <c>[::1]:8080</c>; empty and <c>off</c> mean none. False
    /// with what is wrong.
    /// </summary>
    public static bool TryParse(string text, out IPEndPoint? address, out string problem)
    {
        address = null;
        problem = "";
        if (text is "" or "off")
            return true;
        if (ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ushort port)
            && port > 0)
        {
            address = new IPEndPoint(IPAddress.Loopback, port);
            return true;
        }
        // Without a port, IPEndPoint reads port 0.
        if (IPEndPoint.TryParse(text, out address) && address.Port > 0)
            return true;
        address = null;
        problem =
            $"'{text}' is no address for the web server; say 127.0.0.1:8080, another address of "
            + "this machine with a port, or off";
        return false;
    }
}
