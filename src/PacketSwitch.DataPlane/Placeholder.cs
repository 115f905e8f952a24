namespace PacketSwitch.DataPlane;
