using System.Diagnostics;

namespace Matching.Replay.Reporting;

/// <summary>One line on the screen that says how far it is; on paper, a line now and then.</summary>
public sealed class ProgressBar(bool quiet, int total) : IDisposable
{
    private const int Width = 30;

    private readonly long _began = Stopwatch.GetTimestamp();
    private readonly TimeSpan _pause = Console.IsOutputRedirected ? TimeSpan.FromSeconds(15) : TimeSpan.FromMilliseconds(200);
    private long _shown;
    private bool _open;

    public void Show(int done, DateTimeOffset fieldTime, int plans, long requests)
    {
        if (quiet || (_shown != 0 && Stopwatch.GetElapsedTime(_shown) < _pause))
        {
            return;
        }

        _shown = Stopwatch.GetTimestamp();
        var filled = total == 0 ? Width : Width * done / total;
        var line = $"[{new string('#', filled)}{new string('.', Width - filled)}] {done}/{total}  {fieldTime:yyyy-MM-dd HH:mm}  {plans} plans  {requests} requests  {Stopwatch.GetElapsedTime(_began).TotalSeconds:0} s";
        if (Console.IsOutputRedirected)
        {
            Console.WriteLine(line);
        }
        else
        {
            Console.Write("\r" + line.PadRight(110));
            _open = true;
        }
    }

    public void Dispose()
    {
        if (_open)
        {
            Console.WriteLine();
        }
    }
}
