// A client or a real server of the lab: its namespace has its name, its one interface is eth0.
namespace PacketSwitch.Lab.Stage;

internal sealed record Host(string Name, string Address);
