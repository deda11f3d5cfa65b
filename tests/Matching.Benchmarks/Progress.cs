using System.Diagnostics;

namespace Matching.Benchmarks;

/// <summary>A bar on the standard error stream while something long runs; where that is not a terminal, a line every tenth part.</summary>
internal sealed class Progress(string what, long total)
{
    private const int Width = 30;

    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private long _shownAtMs = -1000;
    private int _shownTenth = -1;

    public void Report(long done)
    {
        var tenth = (int)(total == 0 ? 10 : done * 10 / total);
        var isDue = Console.IsErrorRedirected ? tenth != _shownTenth && done == total : _watch.ElapsedMilliseconds - _shownAtMs > 100 || done == total;
        if (!isDue)
        {
            return;
        }

        (_shownTenth, _shownAtMs) = (tenth, _watch.ElapsedMilliseconds);
        var filled = (int)(total == 0 ? Width : done * Width / total);
        var line = $"{what,-34} [{new string('#', filled)}{new string('.', Width - filled)}] {done:N0}/{total:N0} {_watch.Elapsed.TotalSeconds:0.0} s";
        if (Console.IsErrorRedirected)
        {
            Console.Error.WriteLine(line);
        }
        else
        {
            Console.Error.Write(done == total ? $"\r{line}\n" : $"\r{line}");
        }
    }

    public void Done() => Report(total);
}
