// The part of the control plane that has sessions ended: it tells the first loop, which owns the answer.

using PacketSwitch.DataPlane;

namespace PacketSwitch.Control;

public sealed partial class ControlPlane
{
    /// <summary>Hands orders to end sessions to a loop; returns how many of the first its queue took.</summary>
    public int EndSessions(IReadOnlyList<LoopCommand> orders)
    {
        int taken = 0;
        if (_loops.Length == 0)
        {
            return taken;
        }
        LoopLink loop = _loops[0];
        foreach (LoopCommand order in orders)
        {
            if (!loop.Commands.TryReserve(out int slot))
            {
                break;
            }
            loop.Commands[slot] = order;
            loop.Commands.Commit();
            taken++;
        }
        loop.Wake();
        return taken;
    }
}
