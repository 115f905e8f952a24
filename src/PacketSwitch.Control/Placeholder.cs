namespace PacketSwitch.Control;
