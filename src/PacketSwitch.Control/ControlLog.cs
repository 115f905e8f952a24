// The control plane's log messages with their event ids. Nothing a frame can cause is logged without a bound.

using Microsoft.Extensions.Logging;

namespace PacketSwitch.Control;

/// <summary>Log messages.</summary>
internal static partial class ControlLog
{
    [LoggerMessage(101, LogLevel.Information, "neighbour {Address} is at {Mac} on port {Port}")]
    public static partial void NeighborFound(ILogger logger, string address, string mac, string port);

    [LoggerMessage(102, LogLevel.Warning,
        "a message from port {Port} could not be handled ({Error}); it is counted and passed over")]
    public static partial void MessageFailed(ILogger logger, int port, string error);

    [LoggerMessage(103, LogLevel.Warning,
        "the command queue of a loop is full: an answer of the switch itself was not sent ({Lost} so far)")]
    public static partial void CommandLost(ILogger logger, long lost);

    [LoggerMessage(104, LogLevel.Warning, "a request to the control plane failed ({Error}); it goes on")]
    public static partial void WorkFailed(ILogger logger, string error);

    [LoggerMessage(105, LogLevel.Warning,
        "ports {Other} and {Port} are on one segment: what is flooded from one comes back on the "
        + "other; port {Port} does not bridge while that lasts. Separate them by cable or VLAN")]
    public static partial void PortsShareSegment(ILogger logger, int other, int port);

    [LoggerMessage(110, LogLevel.Information, "{Message}")]
    public static partial void RealUp(ILogger logger, string message);

    [LoggerMessage(111, LogLevel.Warning, "{Message}")]
    public static partial void RealFailed(ILogger logger, string message);

    [LoggerMessage(112, LogLevel.Warning, "{Message}")]
    public static partial void GroupLow(ILogger logger, string message);

    [LoggerMessage(120, LogLevel.Information, "{What}")]
    public static partial void Configuration(ILogger logger, string what);
}
