using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Matching.Engine.Index;

/// <summary>
/// Memory outside of the collector's sight, in blocks of multiples of 64 bytes on 64-byte boundaries. A block that readers may still see is
/// retired rather than freed: it is used again once every reader who began before the next publication has ended. One writer allocates, frees and
/// retires; readers only enter and leave. A block's contents are not cleared.
/// </summary>
public sealed unsafe class NativeBlocks : IDisposable
{
    private const int Grain = 64;
    private const int SlabBytes = 2 << 20;
    private const int LargestPooled = 256 << 10;
    private const int SlotBytes = 128;

    private readonly nint[] _free = new nint[LargestPooled / Grain + 1];
    private readonly List<nint> _slabs = [];
    private readonly HashSet<nint> _large = [];
    private readonly Queue<(long Epoch, nint Block, int Bytes)> _retired = new();
    private readonly Lock _opening = new();
    private byte* _next;
    private byte* _end;
    private volatile nint[] _readers = [];
    private long _epoch = 1;
    private bool _disposed;

    /// <summary>Bytes taken from the operating system.</summary>
    public long ReservedBytes { get; private set; }

    /// <summary>Bytes in blocks that are in use or retired.</summary>
    public long UsedBytes { get; private set; }

    /// <summary>Bytes that wait for readers to leave.</summary>
    public long RetiredBytes { get; private set; }

    public byte* Allocate(int bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bytes);
        var rounded = Rounded(bytes);
        UsedBytes += rounded;
        if (rounded > LargestPooled)
        {
            ReservedBytes += rounded;
            var large = (byte*)NativeMemory.AlignedAlloc((nuint)rounded, Grain);
            _large.Add((nint)large);
            return large;
        }

        ref var head = ref _free[rounded / Grain];
        if (head != 0)
        {
            var block = head;
            head = *(nint*)block;
            return (byte*)block;
        }

        if (_end - _next < rounded)
        {
            NewSlab();
        }

        var fresh = _next;
        _next += rounded;
        return fresh;
    }

    /// <summary>Gives back a block that no reader can have seen.</summary>
    public void Free(void* block, int bytes)
    {
        var rounded = Rounded(bytes);
        UsedBytes -= rounded;
        if (rounded > LargestPooled)
        {
            ReservedBytes -= rounded;
            _large.Remove((nint)block);
            NativeMemory.AlignedFree(block);
            return;
        }

        ref var head = ref _free[rounded / Grain];
        *(nint*)block = head;
        head = (nint)block;
    }

    /// <summary>Gives back a block that readers may be looking at; what is published next must not lead to it.</summary>
    public void Retire(void* block, int bytes)
    {
        RetiredBytes += Rounded(bytes);
        _retired.Enqueue((_epoch + 1, (nint)block, bytes));
    }

    /// <summary>To be called after the new state can be seen: what was retired before may be used again when today's readers have left.</summary>
    internal void Published()
    {
        Volatile.Write(ref _epoch, _epoch + 1);
        var oldest = Oldest();
        while (_retired.TryPeek(out var first) && first.Epoch <= oldest)
        {
            _retired.Dequeue();
            RetiredBytes -= Rounded(first.Bytes);
            Free((void*)first.Block, first.Bytes);
        }
    }

    /// <summary>A place where one reader at a time says since when it has been reading.</summary>
    internal long* OpenSlot()
    {
        lock (_opening)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            foreach (var taken in _readers)
            {
                if (Interlocked.CompareExchange(ref *(long*)taken, Idle, Closed) == Closed)
                {
                    return (long*)taken;
                }
            }

            var slot = (long*)NativeMemory.AlignedAlloc(SlotBytes, SlotBytes);
            *slot = Idle;
            _readers = [.. _readers, (nint)slot];
            return slot;
        }
    }

    internal static void CloseSlot(long* slot) => Volatile.Write(ref *slot, Closed);

    /// <summary>What is reachable from a root that is read after this stays as it is until <see cref="Leave"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Enter(long* slot) => Interlocked.Exchange(ref *slot, Volatile.Read(ref _epoch));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Leave(long* slot) => Volatile.Write(ref *slot, Idle);

    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        foreach (var slab in _slabs)
        {
            NativeMemory.AlignedFree((void*)slab);
        }

        foreach (var large in _large)
        {
            NativeMemory.AlignedFree((void*)large);
        }

        // The readers' slots stay: 128 bytes each, and a reader that is closed late writes to its own.
        GC.SuppressFinalize(this);
    }

    ~NativeBlocks() => Dispose();

    private const long Idle = long.MaxValue;
    private const long Closed = long.MaxValue - 1;

    private static int Rounded(int bytes) => (bytes + Grain - 1) & -Grain;

    private long Oldest()
    {
        var oldest = Volatile.Read(ref _epoch);
        foreach (var slot in _readers)
        {
            oldest = Math.Min(oldest, Volatile.Read(ref *(long*)slot));
        }

        return oldest;
    }

    private void NewSlab()
    {
        // What is left of the old slab goes to the free lists, so that nothing is lost.
        for (var left = (int)(_end - _next); left >= Grain; left = (int)(_end - _next))
        {
            var bytes = Math.Min(left, LargestPooled) & -Grain;
            *(nint*)_next = _free[bytes / Grain];
            _free[bytes / Grain] = (nint)_next;
            _next += bytes;
        }

        _next = (byte*)NativeMemory.AlignedAlloc(SlabBytes, 2 << 20);
        _end = _next + SlabBytes;
        _slabs.Add((nint)_next);
        ReservedBytes += SlabBytes;
        HugePages.Ask(_next, SlabBytes);
    }
}

/// <summary>Asks Linux to back memory with pages of 2 MB: a search touches many lines far apart, and small pages cost a walk each.</summary>
internal static unsafe partial class HugePages
{
    private const int Advice = 14;

    private static bool _isRefused = !OperatingSystem.IsLinux();

    public static void Ask(void* memory, int bytes)
    {
        if (_isRefused)
        {
            return;
        }

        try
        {
            // A no is no harm: the pages stay small.
            _isRefused = Advise(memory, (nuint)bytes, Advice) != 0;
        }
        catch (EntryPointNotFoundException)
        {
            _isRefused = true;
        }
        catch (DllNotFoundException)
        {
            _isRefused = true;
        }
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(void* memory, nuint bytes, int advice);
}
