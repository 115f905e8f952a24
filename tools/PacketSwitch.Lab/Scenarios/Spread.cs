// How the answers to many requests spread over the servers, added up over the clients that asked.
// Used by the scenarios' steps, which state what must hold; what does not hold is thrown with all
// the figures.
using PacketSwitch.Lab.Stage;

namespace PacketSwitch.Lab.Scenarios;

internal sealed class Spread
{
    private readonly Dictionary<string, int> _answers = [];
    private string _firstFailure = "";

    public int Failed { get; private set; }

    /// <summary>The slowest answer of all; about a second or more means that a frame was lost.</summary>
    public double SlowestMs { get; private set; }

    /// <summary>
    /// Adds one client's figures; what is missing of the expected number counts as failed.
    /// </summary>
    public void Add(RunningProgram client, int expected)
    {
        var answered = 0;
        SlowestMs = Math.Max(SlowestMs, client.Figure("slowest-ms"));
        foreach (var server in Network.Servers)
        {
            var number = (int)client.Figure(server.Name);
            _answers[server.Name] = _answers.GetValueOrDefault(server.Name) + number;
            answered += number;
        }
        if (answered == expected) return;
        Failed += expected - answered;
        if (_firstFailure != "") return;
        var why = client.Lines().FirstOrDefault(
            line => line.Contains(": ", StringComparison.Ordinal));
        _firstFailure = $"{client.Name}: {why ?? $"exit {client.ExitCode}"}";
    }

    public void MustHaveNoFailure()
    {
        if (Failed != 0) throw new LabException($"{this}   {Failed} failed; {_firstFailure}");
    }

    public void MustBe(string server, int number, int tolerance = 0)
    {
        if (Math.Abs(_answers[server] - number) > tolerance)
            throw new LabException($"{this}, but {server} should have {number}");
    }

    public void MustBeAtLeast(string server, int number)
    {
        if (_answers[server] < number)
            throw new LabException($"{this}, but {server} should have at least {number}");
    }

    public override string ToString() =>
        string.Join("  ", _answers.OrderBy(answer => answer.Key, StringComparer.Ordinal)
            .Select(answer => $"{answer.Key} {answer.Value}"));
}
