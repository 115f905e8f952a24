// The benchmarks: `dotnet run -c Release --project bench/PacketSwitch.Bench -- --filter '*'` measures with
// BenchmarkDotNet; `-- --budgets` checks the engine against bench/budgets.json in a short run; `-- --compare BASE HEAD` compares the
// engines of two builds (bench/compare.sh makes them); `-- --bare ring|pcap DEV DEV` is a forwarder for bench/peers/run.sh;
// `-- --watched` says what it costs an engine to be watched.

using BenchmarkDotNet.Running;
using PacketSwitch.Bench;

if (args.Length > 0 && args[0] == "--budgets")
{
    return BudgetCheck.Run(args.Length > 1 ? args[1] : BudgetCheck.DefaultFile, Console.Out, Console.Error);
}
if (args.Length == 3 && args[0] == "--compare")
{
    return Comparison.Run(args[1], args[2], Console.Out, Console.Error);
}
if (args.Length == 4 && args[0] == "--bare")
{
    return BareForwarder.Run(args[1], args[2], args[3], Console.Out, Console.Error);
}
if (args is ["--watched"])
{
    return WatchedEngines.Run(Console.Out);
}
BenchmarkSwitcher.FromAssembly(typeof(BudgetCheck).Assembly).Run(args);
return 0;
