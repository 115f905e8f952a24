// Settings of the whole assembly: stack memory is not cleared before use (it is always written
// first), and the tests may reach the native layer.

using System.Runtime.CompilerServices;

[module: SkipLocalsInit]
[assembly: DisableRuntimeMarshalling]
[assembly: InternalsVisibleTo("PacketSwitch.Tests")]
