// What an operator can do with a running switch, put together by the run command: the live configuration, the control sockets, and SIGHUP. All of it
// begins after the switch forwards; without it the switch runs all the same.

using System.Net;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using PacketSwitch.Api;
using PacketSwitch.Control.Config;
using PacketSwitch.Control.Live;
using PacketSwitch.Observe;
using PacketSwitch.Reports;
using PacketSwitch.Web;

namespace PacketSwitch.Running;

/// <summary>The operator's side of a running switch.</summary>
/// <param name="config">What runs.</param>
/// <param name="file">Its file.</param>
/// <param name="socketFolder">Where the control sockets are to be; null for the usual place.</param>
/// <param name="web">Where the dashboard is to be; null for nowhere.</param>
internal sealed class Operating(SwitchConfig config, string file, string? socketFolder,
    IPEndPoint? web) : IDisposable
{
    private ControlSockets? _sockets;
    private ControlApi? _api;
    private WebServer? _web;
    private PosixSignalRegistration? _hangUp;
    private ILogger? _logger;

    // Written by: the run command. Read by: the signal's thread too.
    private volatile LiveConfig? _configuration;
    private volatile bool _isReloadWanted;

    /// <summary>
    /// Binds the control sockets and listens to SIGHUP, so that a client may connect as soon as the switch is ready; says why when it cannot.
    /// </summary>
    public void Prepare(LiveSwitch live)
    {
        _hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context =>
        {
            context.Cancel = true;
            _isReloadWanted = true;
            Reload();
        });
        _sockets = ControlSockets.TryBind(SocketFolder.Of(socketFolder), out string problem);
        if (_sockets is null)
            RunLog.NoControlSocket(live.Logger("control socket"), problem);
    }

    /// <summary>Begins to serve.</summary>
    public IDisposable Begin(LiveSwitch live)
    {
        GcPauses.Watch();
        _logger = live.Logger("control");
        var store = new ConfigStore(file, BackupFolder());
        // A pipe has been read already and has nothing more to say.
        if (new FileInfo(file) is { Exists: true, Length: > 0 } && ConfigFile.TryRead(file, out string text, out _))
            store.Remember(text);
        LiveView? view = null;
        var configuration = new LiveConfig(
            config, store, next => view!.Ask(_ => Publish(live, next)), live.Control.Events, _logger, TimeProvider.System);
        view = live.View(configuration);
        if (_sockets is not null)
            _api = new ControlApi(view, _sockets, _logger);
        if (_api is not null && web is not null)
        {
            _api.Recent = RecentFrames.TryStart(_api.Watches);
            _web = new WebServer(web, _api, _logger);
        }
        _configuration = configuration;
        if (_isReloadWanted)
            Reload();
        return this;
    }

    public void Dispose()
    {
        _hangUp?.Dispose();
        _web?.Dispose();
        if (_api is not null)
            _api.Dispose();
        else
            _sockets?.Dispose();
    }

    private static bool Publish(LiveSwitch live, SwitchConfig next)
    {
        live.Control.Apply(next);
        return true;
    }

    // A signal that comes before there is a configuration to reload is answered when there is.
    private void Reload()
    {
        if (_configuration is not { } configuration)
            return;
        _isReloadWanted = false;
        ServiceManager.Notify("RELOADING=1");
        ConfigOutcome outcome = configuration.Reload();
        foreach (ConfigProblem problem in outcome.Problems.Where(problem => problem.IsError))
            RunLog.NotReloaded(_logger!, ProblemText.Render(problem).Split('\n')[0]);
        if (!outcome.Done)
            RunLog.NotReloaded(_logger!, outcome.Message);
        ServiceManager.Notify("READY=1");
    }

    // A service manager names the place for what is kept; else it is beside the file.
    private string BackupFolder()
    {
        string? state = Environment.GetEnvironmentVariable("STATE_DIRECTORY");
        string beside = Path.GetDirectoryName(Path.GetFullPath(file)) ?? ".";
        return Path.Combine(string.IsNullOrEmpty(state) ? beside : state.Split(':')[0], "backup");
    }
}
