// What the hash metrics hash (the word thash).

namespace PacketSwitch.Control.Config;

public enum HashInput
{
    Source,
    SourceAndPort,
}
