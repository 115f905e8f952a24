namespace PacketSwitch.Wire;
