// /maint: what happened, why a flow goes where it goes, whether the machine is right. The last asks
// with ARP on the wires and so is not for the reader's socket.

using System.Globalization;
using System.Text;
using PacketSwitch.Api;
using PacketSwitch.Control.Config;
using PacketSwitch.DataPlane;
using PacketSwitch.Doctor;
using PacketSwitch.Explain;
using PacketSwitch.Reports;

namespace PacketSwitch.Shell;

/// <summary>Maintenance.</summary>
internal static class MaintCommands
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public static ShellNode Menu { get; } = new("maint", "maintenance")
    {
        Title = "Maintenance",
        Children =
        [
            new("events", "what happened lately") { Run = NetworkInfo.Events },
            new("explain", "tcp|udp|icmp SRC[:P] DST[:P] [PORT]: how the flow would go now")
            {
                Run = Explain,
            },
            new("doctor", "is this machine right?") { Run = Examine },
        ],
    };

    private static string Explain(ShellContext context, string[] words)
    {
        if (words.Length is not (3 or 4))
        {
            throw new ShellRefusal(
                "explain needs a flow: explain tcp 192.0.2.101:40000 192.0.2.2:80", exitCode: 2);
        }
        int? port = words.Length == 4 ? ShellWords.Number("port", [words[3]], 255) : null;
        try
        {
            using var patience = new CancellationTokenSource(Patience);
            ExplainReport report = context.Api.Explainer.ExplainAsync(
                new ExplainRequest(words[0], words[1], words[2], port), patience.Token)
                .GetAwaiter().GetResult();
            return ExplanationText.Full(report, "now") + "\n";
        }
        catch (ExplainProblem e)
        {
            throw new ShellRefusal(e.Message, exitCode: 2);
        }
        catch (OperationCanceledException)
        {
            throw new ShellRefusal("too many ask for explanations; again in a moment");
        }
    }

    private static string Examine(ShellContext context, string[] words)
    {
        if (!context.MayChange)
        {
            throw new ShellRefusal(ApiRoutes.NotPermitted, exitCode: 5);
        }
        // The interfaces are those that are open, which the command line may have said.
        SwitchConfig running = context.Api.Config.Running;
        PortConfig[] ports = [.. running.Ports.Select(port
            => context.Api.View.Ports.FirstOrDefault(open => open.Id == port.Id) is { } open
                ? port with { Interface = open.Name } : port)];
        var text = new StringWriter(new StringBuilder(), CultureInfo.InvariantCulture)
        {
            NewLine = "\n",
        };
        DoctorReport.Of(Examination.Begin(running with { Ports = [.. ports] })).PrintText(text);
        return text.ToString();
    }
}
