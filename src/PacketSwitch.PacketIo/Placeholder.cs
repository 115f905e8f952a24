namespace PacketSwitch.PacketIo;
