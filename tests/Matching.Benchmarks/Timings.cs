using System.Diagnostics;

namespace Matching.Benchmarks;

/// <summary>Durations of many like things, in stopwatch ticks; told in microseconds.</summary>
internal sealed class Timings(int capacity)
{
    private readonly long[] _ticks = new long[capacity];
    private bool _sorted;

    public int Count { get; private set; }

    public double MeanUs => Count == 0 ? 0 : Us(_ticks.AsSpan(0, Count).ToArray().Average());

    public double LongestUs => Percentile(1);

    public void Add(long ticks)
    {
        _ticks[Count++] = ticks;
        _sorted = false;
    }

    public double Percentile(double share)
    {
        if (Count == 0)
        {
            return 0;
        }

        if (!_sorted)
        {
            Array.Sort(_ticks, 0, Count);
            _sorted = true;
        }

        return Us(_ticks[Math.Min(Count - 1, (int)(share * Count))]);
    }

    private static double Us(double ticks) => ticks * 1e6 / Stopwatch.Frequency;
}
