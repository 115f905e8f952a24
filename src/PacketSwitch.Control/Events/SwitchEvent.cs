// One thing that happened to the switch, as an operator reads it (ALTEON.md section 6): a whole sentence, and the parts a program
// asks for.

namespace PacketSwitch.Control.Events;

/// <summary>An entry of the event journal.</summary>
/// <param name="Number">Counts up from 1; a gap means that older ones were forgotten.</param>
/// <param name="Time">When it happened (UTC).</param>
/// <param name="Kind">A word a script can compare: <c>real-failed</c>, <c>real-up</c>, <c>config-applied</c> ...</param>
/// <param name="Object">What it is about, as a configuration path: <c>real 3</c>, <c>port 8</c>; empty for the switch itself.</param>
/// <param name="Message">The sentence.</param>
public sealed record SwitchEvent(long Number, DateTimeOffset Time, string Kind, string Object, string Message);
