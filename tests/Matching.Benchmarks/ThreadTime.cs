using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Matching.Benchmarks;

/// <summary>
/// Seconds for which the processor has worked on the calling thread. On a machine that others share it tells what was lost to caches and memory from what was lost
/// by waiting for a core. Where the system does not tell, wall time.
/// </summary>
internal static partial class ThreadTime
{
    private const int ThreadClock = 3;

    public static double Seconds =>
        OperatingSystem.IsLinux() && Read(ThreadClock, out var time) == 0
            ? time.Seconds + time.Nanoseconds * 1e-9
            : Stopwatch.GetTimestamp() / (double)Stopwatch.Frequency;

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int Read(int clock, out Time time);

    [StructLayout(LayoutKind.Sequential)]
    private struct Time
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
