// What a step that held has to say: a summary on its own line and, where there is more, lines below
// it.
namespace PacketSwitch.Lab.Stage;

internal sealed record StepReport(string Summary, params string[] Details);
