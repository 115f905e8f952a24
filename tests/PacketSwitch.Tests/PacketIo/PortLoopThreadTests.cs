// The loop's thread: it runs when there is work, sleeps when there is none, and outlives a pass
// that throws.

using System.Diagnostics;
using PacketSwitch.DataPlane;
using PacketSwitch.PacketIo;
using Xunit;

namespace PacketSwitch.Tests.PacketIo;

[Collection(MachineCollection.Name)]
public sealed class PortLoopThreadTests
{
    private static readonly TimeSpan Soon = Patience.Time;
    private const int LongTimeoutMs = 10 * Patience.Ms;

    [Fact]
    public void A_wake_runs_a_pass_that_sees_what_was_queued_before_it()
    {
        using var port = new MemoryPort(1);
        var burst = new FrameBurst();
        using var received = new SemaphoreSlim(0);
        using var loop = Make(() =>
        {
            int count = port.Receive(burst);
            port.Release(burst);
            if (count > 0) received.Release(count);
            return count;
        }, [port]);
        loop.Start();

        for (int i = 0; i < 2_000; i++)
        {
            port.Enqueue(TestFrames.Make(i));
            loop.Wake();
            Assert.True(received.Wait(Soon), $"frame {i} was not seen");
        }
    }

    [Fact]
    public void Wakes_from_many_threads_lose_nothing()
    {
        const int threads = 3, perThread = 20_000;
        long queued = 0, seen = 0;
        using var loop = Make(() => (int)(Volatile.Read(
            ref queued) - Interlocked.Exchange(ref seen, Volatile.Read(ref queued))), []);
        loop.Start();

        Thread[] wakers = [.. Enumerable.Range(0, threads).Select(_ => new Thread(() =>
        {
            for (int i = 0; i < perThread; i++)
            {
                Interlocked.Increment(ref queued);
                loop.Wake();
            }
        }))];
        foreach (Thread waker in wakers) waker.Start();
        foreach (Thread waker in wakers) waker.Join();

        Assert.True(Patience.Until(() => Volatile.Read(ref seen) == threads * perThread));
    }

    [Fact]
    public void An_idle_loop_uses_nearly_no_processor_time()
    {
        int threadId = 0;
        using var port = new MemoryPort(1);
        using var loop = new PortLoopThread("idle loop", () =>
        {
            Volatile.Write(ref threadId, Environment.CurrentManagedThreadId);
            return 0;
        }, [port], _ => { });
        loop.Start();
        Assert.True(Patience.Until(() => Volatile.Read(ref threadId) != 0));

        // In the first second the runtime may still compile on the loop's thread.
        double least = double.MaxValue;
        for (int second = 0; second < 3 && least > 20; second++)
        {
            TimeSpan before = ProcessorTimeOf("idle loop");
            Thread.Sleep(1_000);
            TimeSpan used = ProcessorTimeOf("idle loop") - before;
            least = Math.Min(least, used.TotalMilliseconds);
        }

        Assert.InRange(least, 0, 20);
    }

    [SkippableFact]
    public void A_loop_stays_on_the_processor_it_is_given()
    {
        using var ran = new ManualResetEventSlim();
        using var loop = new PortLoopThread("pinned loop", () =>
        {
            ran.Set();
            return 0;
        }, [], error => Assert.Fail(error.ToString()), cpu: 0);

        loop.Start();

        Assert.True(ran.Wait(Soon));
        Skip.IfNot(
            ProcessorsOf("/proc/self").StartsWith('0'), "this process may not run on processor 0");
        Assert.Equal("0", ProcessorsOf(TaskOf("pinned loop")));
    }

    [Fact]
    public void A_processor_that_is_not_there_is_told_and_the_loop_runs_elsewhere()
    {
        List<Exception> told = [];
        using var ran = new ManualResetEventSlim();
        using var loop = new PortLoopThread("misplaced loop", () =>
        {
            ran.Set();
            return 0;
        }, [], told.Add, cpu: 1000);

        loop.Start();

        Assert.True(ran.Wait(Soon));
        Assert.Equal(
            "it may not run on processor 1000 and stays where it is", Assert.Single(told).Message);
    }

    [Fact]
    public void A_pass_that_throws_is_counted_and_run_again()
    {
        List<Exception> reported = [];
        int passes = 0;
        using var loop = new PortLoopThread("throwing loop", () =>
        {
            if (++passes <= 3) throw new InvalidOperationException("pass " + passes);
            return 0;
        }, [], reported.Add);

        long began = Stopwatch.GetTimestamp();
        loop.Start();

        Assert.True(Patience.Until(() => Volatile.Read(ref passes) > 4));
        Assert.True(loop.Stop(Soon));
        Assert.Equal(3, loop.Errors);
        // The first is told at once, then at most one a second.
        Assert.Equal("pass 1", reported[0].Message);
        int seconds = (int)Stopwatch.GetElapsedTime(began).TotalSeconds;
        Assert.InRange(reported.Count, 1, 1 + seconds);
    }

    [Fact]
    public void A_log_that_throws_does_not_end_the_loop()
    {
        int passes = 0;
        using var loop = new PortLoopThread("throwing loop",
            () => ++passes < 3 ? throw new InvalidOperationException() : 0,
            [],
            _ => throw new IOException("the log is full"));

        loop.Start();

        Assert.True(Patience.Until(() => Volatile.Read(ref passes) > 3));
        Assert.True(loop.Stop(Soon));
    }

    [Fact]
    public void A_sleeping_loop_stops_at_once_and_one_never_started_too()
    {
        using var ran = new ManualResetEventSlim();
        using var loop = new PortLoopThread("sleeping loop", () =>
        {
            ran.Set();
            return 0;
        }, [], error => Assert.Fail(error.ToString()), LongTimeoutMs);
        loop.Start();
        Assert.True(ran.Wait(Soon));
        Assert.True(Patience.Until(() => StateOf("sleeping loop") == "S"));

        // Its own time-out is ten times as long: it ends because it is woken.
        Assert.True(loop.Stop(Soon));

        using var idle = Make(() => 0, []);
        Assert.True(idle.Stop(Soon));
    }

    [Fact]
    public void A_pass_that_hangs_does_not_hang_the_stop()
    {
        using var release = new ManualResetEventSlim();
        using var entered = new ManualResetEventSlim();
        using var loop = Make(() =>
        {
            entered.Set();
            release.Wait();
            return 0;
        }, []);
        loop.Start();
        entered.Wait();

        Assert.False(loop.Stop(TimeSpan.FromMilliseconds(50)));
        release.Set();
        Assert.True(loop.Stop(Soon));
    }

    [Fact]
    public void Passes_with_frames_and_without_allocate_nothing_of_the_thread_s_own()
    {
        const int windows = 20, passesPerWindow = 100;
        List<long> allocated = new(windows + 1);
        long before = 0;
        int passes = 0;
        using var loop = new PortLoopThread("counting loop", () =>
        {
            if (++passes % passesPerWindow == 0 && allocated.Count <= windows)
            {
                allocated.Add(GC.GetAllocatedBytesForCurrentThread() - before);
                before = GC.GetAllocatedBytesForCurrentThread();
            }
            return passes % passesPerWindow < 50 ? 1 : 0;
        }, [new MemoryPort(1)], error => Assert.Fail(error.ToString()), idleTimeoutMs: 1);

        loop.Start();

        Assert.True(Patience.Until(
            () => Volatile.Read(ref passes) > (windows + 2) * passesPerWindow));
        Assert.True(loop.Stop(Soon));
        // A collection may count the rest of an allocation area in one window, but not in all.
        Assert.Equal(0, allocated.Skip(1).Min());
    }

    private static PortLoopThread Make(Func<int> pass, IReadOnlyList<IPacketPort> ports) =>
        new("test loop", pass, ports, error => Assert.Fail(error.ToString()), LongTimeoutMs);

    // Linux tells a thread's ticks of 10 ms (proc(5), fields 14 and 15 of stat).
    private static TimeSpan ProcessorTimeOf(string threadName)
    {
        string text = File.ReadAllText(Path.Combine(TaskOf(threadName), "stat"));
        string[] fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
        return TimeSpan.FromMilliseconds(10 * (long.Parse(fields[11]) + long.Parse(fields[12])));
    }

    // R while it runs, S while it sleeps (proc(5), field 3 of stat).
    private static string StateOf(string threadName)
    {
        string text = File.ReadAllText(Path.Combine(TaskOf(threadName), "stat"));
        return text.Substring(text.LastIndexOf(')') + 2, 1);
    }

    private static string ProcessorsOf(string task)
    {
        const string field = "Cpus_allowed_list:";
        return File.ReadLines(Path.Combine(task, "status"))
            .First(line => line.StartsWith(field, StringComparison.Ordinal))[field.Length..].Trim();
    }

    private static string TaskOf(string threadName) =>
        Directory.GetDirectories("/proc/self/task").First(task =>
        {
            try
            {
                return File.ReadAllText(Path.Combine(task, "stat")).Contains($"({threadName})");
            }
            catch (IOException)
            {
                return false; // Another thread, which has ended meanwhile.
            }
        });
}
