using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Matching.Api.Plumbing.Database;

/// <summary>
/// Lets the processes that write one SQLite file wait for each other at a lock file beside it, where the operating system wakes the next; SQLite alone would
/// have them sleep and look again. A courtesy only: the database's own lock decides, so whoever waits too long goes on without. What a process that died
/// held is free again. Where it is not known how to (neither Linux nor macOS), nobody waits here.
/// </summary>
internal sealed class Turnstile : IDisposable
{
    private const int Exclusive = 2;
    private const int NotWaiting = 4;
    private const int Unlock = 8;
    private const int Interrupted = 4;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly SafeFileHandle? _file;
    private volatile bool _somebodyHangs;

    public Turnstile(string databaseFile)
    {
        // To read only, not to be inherited. .NET's own way of opening takes this very lock, and fails where somebody has it.
        var flags = OperatingSystem.IsLinux() ? 0x80000 : OperatingSystem.IsMacOS() ? 0x1000000 : (int?)null;
        if (flags is { } known && Open(Made(databaseFile + "-turnstile"), known) is { IsInvalid: false } file)
        {
            _file = file;
        }
    }

    /// <summary>Comes back when it is this process's turn, or not worth waiting for any longer. One at a time in a process.</summary>
    public async Task EnterAsync()
    {
        if (_file is null || _somebodyHangs || Lock(Exclusive | NotWaiting))
        {
            return;
        }

        var turn = Task.Run(() => Lock(Exclusive));
        try
        {
            await turn.WaitAsync(Patience);
        }
        catch (TimeoutException)
        {
            _somebodyHangs = true;
            _ = turn.ContinueWith(
                _ =>
                {
                    Lock(Unlock);
                    _somebodyHangs = false;
                },
                TaskScheduler.Default);
        }
    }

    /// <summary>The next may go.</summary>
    public void Leave()
    {
        if (_file is not null)
        {
            Lock(Unlock);
        }
    }

    public void Dispose() => _file?.Dispose();

    private static string Made(string file)
    {
        try
        {
            File.Open(file, FileMode.CreateNew).Dispose();
        }
        catch (IOException)
        {
            // It is there.
        }

        return file;
    }

    private bool Lock(int operation)
    {
        while (FileLock(_file!, operation) != 0)
        {
            if (Marshal.GetLastPInvokeError() != Interrupted)
            {
                return false;
            }
        }

        return true;
    }

    [DllImport("libc", EntryPoint = "open", SetLastError = true, CharSet = CharSet.Ansi)]
    private static extern SafeFileHandle Open(string file, int flags);

    [DllImport("libc", EntryPoint = "flock", SetLastError = true)]
    private static extern int FileLock(SafeFileHandle file, int operation);
}
