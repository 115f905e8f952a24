// Log messages of the running switch that are about its threads and ports.

using Microsoft.Extensions.Logging;
using PacketSwitch.PacketIo;

namespace PacketSwitch.Running;

/// <summary>Log messages.</summary>
internal static partial class RunLog
{
    [LoggerMessage(201, LogLevel.Error, "the loop of {Ports} met an error and goes on: {Error}")]
    public static partial void LoopFailed(ILogger logger, string ports, string error);

    [LoggerMessage(202, LogLevel.Error, "the control plane met an error and goes on: {Error}")]
    public static partial void ControlFailed(ILogger logger, string error);

    [LoggerMessage(203, LogLevel.Information, "{Message}")]
    public static partial void PortUp(ILogger logger, string message);

    [LoggerMessage(204, LogLevel.Warning, "{Message}")]
    public static partial void PortChanged(ILogger logger, string message);

    [LoggerMessage(205, LogLevel.Information, "{Choice}")]
    public static partial void Backend(ILogger logger, string choice);

    [LoggerMessage(206, LogLevel.Warning, "{Message}")]
    public static partial void Host(ILogger logger, string message);

    /// <summary>A change of a port's interface.</summary>
    public static void Port(ILogger logger, PortEvent change)
    {
        if (change.Kind == PortEventKind.Up)
        {
            PortUp(logger, change.Message);
        }
        else
        {
            PortChanged(logger, change.Message);
        }
    }
}
