// Lets collection expressions such as [..list, item] make a ConfigList.

namespace PacketSwitch.Control.Config;

public static class ConfigListBuilder
{
    public static ConfigList<T> Create<T>(ReadOnlySpan<T> items) =>
        items.Length == 0 ? ConfigList<T>.Empty : new ConfigList<T>(items.ToArray());
}
