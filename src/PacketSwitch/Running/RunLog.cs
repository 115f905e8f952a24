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

    [LoggerMessage(210, LogLevel.Warning, "{Problem}")]
    public static partial void NoControlSocket(ILogger logger, string problem);

    [LoggerMessage(211, LogLevel.Error, "the control socket's server could not start: {Error}; the switch runs without it")]
    public static partial void NoControlServer(ILogger logger, string error);

    [LoggerMessage(212, LogLevel.Warning, "a request for {Path} on the control socket failed: {Error}")]
    public static partial void RequestFailed(ILogger logger, string path, string error);

    [LoggerMessage(213, LogLevel.Warning, "the configuration was not read again: {Problem}")]
    public static partial void NotReloaded(ILogger logger, string problem);

    [LoggerMessage(221, LogLevel.Information, "the dashboard is at http://{Address}/")]
    public static partial void WebIsAt(ILogger logger, string address);

    [LoggerMessage(222, LogLevel.Error,
        "no dashboard at {Address}: {Error}; the switch runs without it")]
    public static partial void NoWeb(ILogger logger, string address, string error);

    [LoggerMessage(205, LogLevel.Information, "{Choice}")]
    public static partial void Backend(ILogger logger, string choice);

    [LoggerMessage(223, LogLevel.Warning,
        "the kernel carries no long connections, or not on every port ({Reason}); the loops do")]
    public static partial void NoOffload(ILogger logger, string reason);

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
