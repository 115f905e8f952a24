// The lab's one executable. run-lab.sh starts it inside namespaces that vanish with it; the lab
// then starts it again as each of the small programs that play the clients and the real servers,
// with the kernel's own TCP. Exit codes: 0 all held, 1 something did not, 2 a wrong word,
// 5 namespaces cannot be made.
using PacketSwitch.Lab;
using PacketSwitch.Lab.Lessons;
using PacketSwitch.Lab.Programs;
using PacketSwitch.Lab.Scenarios;

try
{
    return args switch
    {
        ["server", .. var words] => ServerProgram.Run(new Words(words)),
        ["get", .. var words] => GetProgram.Run(new Words(words)),
        ["transfer", .. var words] => TransferProgram.Run(new Words(words)),
        ["udp", .. var words] => UdpProgram.Run(new Words(words)),
        ["probe", .. var words] => ProbeProgram.Run(new Words(words)),
        ["ping", .. var words] => PingProgram.Run(new Words(words)),
        ["echo", .. var words] => EchoProgram.Run(new Words(words)),
        ["pulse", .. var words] => PulseProgram.Run(new Words(words)),
        ["steady", .. var words] => SteadyProgram.Run(new Words(words)),
        ["knock", .. var words] => KnockProgram.Run(new Words(words)),
        ["load", .. var words] => LoadProgram.Run(new Words(words)),
        ["fetch", .. var words] => FetchProgram.Run(new Words(words)),
        ["syns", .. var words] => FloodProgram.Run(new Words(words)),
        ["forge", .. var words] => ForgeProgram.Run(new Words(words)),
        ["crowd", .. var words] => CrowdProgram.Run(new Words(words)),
        ["up", .. var words] => UpScenario.Run(LabOptions.From(words, offloadsOn: false)),
        ["lesson", .. var words] => LessonCatalog.Run(words),
        ["shoot", .. var words] => ShootProgram.Run(new Words(words)),
        ["dashboard", .. var words] => DashboardScenario.Run(LabOptions.From(words,
            offloadsOn: false)),
        ["observe", .. var words] => ObserveScenario.Run(LabOptions.From(words, offloadsOn: true)),
        ["offload", .. var words] => OffloadScenario.Run(LabOptions.From(words, offloadsOn: true)),
        ["doctor", .. var words] => DoctorScenario.Run(LabOptions.From(words, offloadsOn: false)),
        ["flood", .. var words] => FloodScenario.Run(LabOptions.From(words, offloadsOn: true)),
        ["moves", .. var words] => MovesScenario.Run(LabOptions.From(words, offloadsOn: true)),
        ["operate", .. var words] => OperateScenario.Run(LabOptions.From(words, offloadsOn: true)),
        ["failover", .. var words] => FailoverScenario.Run(LabOptions.From(words, offloadsOn: true)),
        ["modes", .. var words] => ModesScenario.Run(LabOptions.From(words, offloadsOn: true)),
        ["peers", .. var words] => PeersScenario.Run(LabOptions.From(words, offloadsOn: true)),
        _ => MainScenario.Run(LabOptions.From(args, offloadsOn: false)),
    };
}
catch (LabException exception)
{
    Console.Error.WriteLine(exception.Message);
    return exception.ExitCode;
}
