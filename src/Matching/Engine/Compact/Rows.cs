using System.Runtime.InteropServices;

namespace Matching.Engine.Compact;

/// <summary>
/// The rows, in stretches of 2,048 that each belong to one center, so that a center can be gone through in the order of memory. One writer takes
/// and gives back; rows never move.
/// </summary>
internal sealed unsafe class Rows : IDisposable
{
    public const int Shift = 11;
    public const int AStretch = 1 << Shift;

    /// <summary>Rows are numbered in 28 bits.</summary>
    public const int MostStretches = 1 << (28 - Shift);

    private readonly CompactRow** _stretches = (CompactRow**)NativeMemory.AllocZeroed(MostStretches, (nuint)sizeof(CompactRow*));
    private readonly int* _centerOf = (int*)NativeMemory.AllocZeroed(MostStretches, sizeof(int));
    private readonly Dictionary<int, Stack<uint>> _free = [];

    ~Rows() => Release();

    /// <summary>How many stretches there are.</summary>
    public int Stretches { get; private set; }

    public long TakenBytes => (long)Stretches * AStretch * sizeof(CompactRow);

    public CompactRow* this[uint row] => _stretches[row >> Shift] + (row & (AStretch - 1));

    /// <summary>How many rows of a stretch are taken, from its first, while none was given back.</summary>
    public int Taken(int stretch) => _free[CenterOf(stretch)] is { Count: > 0 } free && free.Peek() >> Shift == stretch
        ? (int)(free.Peek() & (AStretch - 1))
        : AStretch;

    /// <summary>The center of a stretch.</summary>
    public int CenterOf(int stretch) => _centerOf[stretch];

    public uint Take(int center)
    {
        if (!_free.TryGetValue(center, out var free))
        {
            _free[center] = free = new Stack<uint>();
        }

        if (free.Count == 0)
        {
            if (Stretches == MostStretches)
            {
                throw new InsufficientMemoryException("More volunteers than rows can be numbered.");
            }

            var first = (uint)Stretches << Shift;
            _stretches[Stretches] = (CompactRow*)NativeMemory.Alloc(AStretch, (nuint)sizeof(CompactRow));
            _centerOf[Stretches++] = center;
            for (var i = AStretch; i > 0; i--)
            {
                free.Push(first + (uint)i - 1);
            }
        }

        return free.Pop();
    }

    public void GiveBack(uint row) => _free[CenterOf((int)(row >> Shift))].Push(row);

    public void Dispose()
    {
        Release();
        GC.SuppressFinalize(this);
    }

    private void Release()
    {
        for (var i = 0; i < Stretches; i++)
        {
            NativeMemory.Free(_stretches[i]);
        }

        Stretches = 0;
        NativeMemory.Free(_centerOf);
        NativeMemory.Free(_stretches);
    }
}
