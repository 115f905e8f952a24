// The bpf system call: maps, programs and links. Everything it makes ends with the descriptor that
// it returns, so nothing outlives the process. Used by KernelFlows.

using System.Runtime.InteropServices;
using System.Text;

namespace PacketSwitch.PacketIo;

/// <summary>The commands of bpf(2) in use. Each returns a descriptor, or a negative number with
/// the reason in the last P/Invoke error.</summary>
internal static unsafe class BpfCalls
{
    public const int MapHash = 1;
    public const int MapArray = 2;
    public const int MapPerCpuArray = 6;

    /// <summary>BPF_F_MMAPABLE.</summary>
    public const int MapShared = 0x400;

    public const int SocketFilter = 1;
    public const int TrafficControl = 3;

    private const int MapCreate = 0;
    private const int MapUpdate = 2;
    private const int MapDelete = 3;
    private const int ProgramLoad = 5;
    private const int LinkCreate = 28;

    /// <summary>BPF_TCX_INGRESS (Linux 6.6).</summary>
    private const int TcxIngress = 46;

    private const int LogBytes = 65_536;

    public static int CreateMap(int type, int keyBytes, int valueBytes, int entries, int flags)
    {
        MapAttributes attributes = new()
        {
            Type = (uint)type,
            KeyBytes = (uint)keyBytes,
            ValueBytes = (uint)valueBytes,
            Entries = (uint)entries,
            Flags = (uint)flags,
        };
        return Call(MapCreate, &attributes, sizeof(MapAttributes));
    }

    /// <summary>Sets a key's value; 0 when it is done.</summary>
    public static int Update(int map, void* key, void* value)
    {
        ElementAttributes attributes = new() { Map = (uint)map, Key = key, Value = value };
        return Call(MapUpdate, &attributes, sizeof(ElementAttributes));
    }

    /// <summary>Removes a key; 0 when it is done.</summary>
    public static int Delete(int map, void* key)
    {
        ElementAttributes attributes = new() { Map = (uint)map, Key = key };
        return Call(MapDelete, &attributes, sizeof(ElementAttributes));
    }

    /// <summary>Loads a program; why is what the kernel's verifier said when it refused.</summary>
    public static int Load(int type, BpfInstruction[] code, out string why)
    {
        byte* license = stackalloc byte[1];
        license[0] = 0;
        fixed (BpfInstruction* first = code)
        {
            ProgramAttributes attributes = new()
            {
                Type = (uint)type,
                Count = (uint)code.Length,
                Code = first,
                License = license,
                ExpectedAttachType = type == TrafficControl ? (uint)TcxIngress : 0,
            };
            int descriptor = Call(ProgramLoad, &attributes, sizeof(ProgramAttributes));
            why = descriptor < 0 ? Marshal.GetLastPInvokeErrorMessage() : string.Empty;
            if (descriptor >= 0 || Marshal.GetLastPInvokeError() == LibC.ErrorPermission)
            {
                return descriptor;
            }
            byte[] log = GC.AllocateArray<byte>(LogBytes, pinned: true);
            attributes.LogLevel = 1;
            attributes.LogBytes = LogBytes;
            attributes.Log = (byte*)Marshal.UnsafeAddrOfPinnedArrayElement(log, 0);
            descriptor = Call(ProgramLoad, &attributes, sizeof(ProgramAttributes));
            why += "; " + LastLine(log);
            return descriptor;
        }
    }

    /// <summary>Has a program see what comes in on an interface, behind its packet
    /// sockets.</summary>
    public static int AttachIngress(int program, int interfaceIndex)
    {
        LinkAttributes attributes = new()
        {
            Program = (uint)program,
            Interface = (uint)interfaceIndex,
            AttachType = TcxIngress,
        };
        return Call(LinkCreate, &attributes, sizeof(LinkAttributes));
    }

    private static string LastLine(byte[] log)
    {
        string text = Encoding.ASCII.GetString(log).TrimEnd('\0', '\n');
        string[] lines = text.Split('\n');
        return lines.LastOrDefault(line => !line.StartsWith("processed", StringComparison.Ordinal))
            ?? string.Empty;
    }

    private static int Call(int command, void* attributes, int bytes)
    {
        nint number = RuntimeInformation.ProcessArchitecture switch
        {
            Architecture.X64 => 321,
            Architecture.Arm64 => 280,
            _ => -1,
        };
        return (int)LibC.syscall(number, command, attributes, bytes, 0);
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct MapAttributes
    {
        public uint Type;
        public uint KeyBytes;
        public uint ValueBytes;
        public uint Entries;
        public uint Flags;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct ElementAttributes
    {
        public ulong Map;
        public void* Key;
        public void* Value;
        public ulong Flags;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct ProgramAttributes
    {
        public uint Type;
        public uint Count;
        public BpfInstruction* Code;
        public byte* License;
        public uint LogLevel;
        public uint LogBytes;
        public byte* Log;
        public uint KernelVersion;
        public uint Flags;
        public fixed byte Name[16];
        public uint Interface;
        public uint ExpectedAttachType;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct LinkAttributes
    {
        public uint Program;
        public uint Interface;
        public uint AttachType;
        public uint Flags;
        public fixed byte Rest[48];
    }
}
