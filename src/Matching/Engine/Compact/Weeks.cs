using System.Runtime.InteropServices;
using Matching.Volunteers;

namespace Matching.Engine.Compact;

/// <summary>
/// Weeks of free time, each kept once however many have it. A block: who uses it (four bytes, the writer's), how many stretches (four bytes),
/// the stretches.
/// </summary>
internal sealed unsafe class Weeks(NativeHeap heap) : IDisposable
{
    // Addresses by the hash of what is there; at most two thirds full, a power of two long.
    private uint* _slots = (uint*)NativeMemory.AllocZeroed(64, sizeof(uint));
    private int _mask = 63;
    private int _count;

    ~Weeks() => NativeMemory.Free(_slots);

    /// <summary>How many different weeks there are.</summary>
    public int Count => _count;

    public long TableBytes => (_mask + 1L) * sizeof(uint);

    public static ReadOnlySpan<WeekStretch> Stretches(NativeHeap heap, uint week) =>
        week == 0 ? [] : new ReadOnlySpan<WeekStretch>(heap[week] + 8, *(int*)(heap[week] + 4));

    /// <summary>The address of a week, which has one more user now; 0 for one without free time.</summary>
    public uint Acquire(ReadOnlySpan<WeekStretch> stretches)
    {
        if (stretches.IsEmpty)
        {
            return 0;
        }

        var at = Find(stretches);
        if (_slots[at] == 0)
        {
            var address = heap.Allocate(UnitsOf(stretches.Length));
            *(int*)heap[address] = 0;
            *(int*)(heap[address] + 4) = stretches.Length;
            stretches.CopyTo(new Span<WeekStretch>(heap[address] + 8, stretches.Length));
            _slots[at] = address;
            if (++_count * 3 > _mask * 2)
            {
                Grow();
            }

            ++*(int*)heap[address];
            return address;
        }

        ++*(int*)heap[_slots[at]];
        return _slots[at];
    }

    /// <summary>One user fewer. Called when no reader can still look at that user's row.</summary>
    public void Release(uint week)
    {
        if (week == 0 || --*(int*)heap[week] > 0)
        {
            return;
        }

        var hole = Find(Stretches(heap, week));
        heap.Free(week, UnitsOf(*(int*)(heap[week] + 4)));
        _count--;

        // What lies further than its own slot because of this one moves up.
        for (var at = (hole + 1) & _mask; _slots[at] != 0; at = (at + 1) & _mask)
        {
            var home = Hash(Stretches(heap, _slots[at])) & _mask;
            if (((at - home) & _mask) >= ((at - hole) & _mask))
            {
                _slots[hole] = _slots[at];
                hole = at;
            }
        }

        _slots[hole] = 0;
    }

    public void Dispose()
    {
        NativeMemory.Free(_slots);
        _slots = null;
        GC.SuppressFinalize(this);
    }

    private static int UnitsOf(int stretches) => 1 + (stretches + 1) / 2;

    private static int Hash(ReadOnlySpan<WeekStretch> stretches)
    {
        var hash = 2166136261u;
        foreach (var stretch in stretches)
        {
            hash = (hash ^ stretch.Start) * 16777619;
            hash = (hash ^ stretch.End) * 16777619;
        }

        return (int)((hash ^ (hash >> 15)) & int.MaxValue);
    }

    private int Find(ReadOnlySpan<WeekStretch> stretches)
    {
        var at = Hash(stretches) & _mask;
        while (_slots[at] != 0 && !Stretches(heap, _slots[at]).SequenceEqual(stretches))
        {
            at = (at + 1) & _mask;
        }

        return at;
    }

    private void Grow()
    {
        var old = _slots;
        var size = _mask + 1;
        _mask = size * 2 - 1;
        _slots = (uint*)NativeMemory.AllocZeroed((nuint)size * 2, sizeof(uint));
        for (var i = 0; i < size; i++)
        {
            if (old[i] != 0)
            {
                var at = Hash(Stretches(heap, old[i])) & _mask;
                while (_slots[at] != 0)
                {
                    at = (at + 1) & _mask;
                }

                _slots[at] = old[i];
            }
        }

        NativeMemory.Free(old);
    }
}
