// What opening and closing a TCP connection costs a process, in processor time: the switch, which
// does it to check servers, and beside it a bare loop that does nothing else, the least that it
// costs on this machine. By the connections that were made, not by the time: a process that gets
// too little of a busy machine makes fewer. Used by FailoverScenario.
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace PacketSwitch.Lab.Stage;

internal static class ConnectionCost
{
    /// <summary>
    /// Of a process that is the only one that opens connections in its network namespace; and how
    /// many they were.
    /// </summary>
    public static (TimeSpan Cost, long Count) OfProcess(int id, string place, TimeSpan time)
    {
        using var process = Process.GetProcessById(id);
        var (opened, busy) = (Opened(place), process.TotalProcessorTime);
        Thread.Sleep(time);
        process.Refresh();
        var count = Opened(place) - opened;
        return ((process.TotalProcessorTime - busy) / Math.Max(count, 1), count);
    }

    /// <summary>
    /// Of this process, which opens a connection to each server in turn, all within a second.
    /// </summary>
    public static TimeSpan OfBareLoop(IPEndPoint[] servers, string place, TimeSpan time)
    {
        var cost = TimeSpan.Zero;
        NetworkNamespace.Run(place, () =>
        {
            foreach (var server in servers.Take(100)) Open(server);
            var (began, busy) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
            var opened = 0;
            for (; Stopwatch.GetElapsedTime(began) < time; Thread.Sleep(10))
            {
                var due = (int)(servers.Length * Stopwatch.GetElapsedTime(began).TotalSeconds);
                for (; opened < due; opened++) Open(servers[opened % servers.Length]);
            }
            cost = (Environment.CpuUsage.TotalTime - busy) / Math.Max(opened, 1);
        });
        return cost;
    }

    // The client is the first to close, as the switch is.
    private static void Open(IPEndPoint server)
    {
        using var socket = new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.ReceiveTimeout = 10_000;
            socket.Connect(server);
            socket.Shutdown(SocketShutdown.Send);
            socket.Receive(new byte[16]);
        }
        catch (SocketException exception)
        {
            throw new LabException($"{server}: {exception.SocketErrorCode}");
        }
    }

    private static long Opened(string place)
    {
        var opened = 0L;
        NetworkNamespace.Run(place, () => opened = Kernel.TcpCounters()["ActiveOpens"]);
        return opened;
    }
}
