using System.Runtime.InteropServices;

namespace Matching.Engine.Compact;

/// <summary>
/// Memory that the collector neither walks nor moves, handed out in blocks of whole units of eight bytes under addresses of four. One writer
/// allocates and frees; anybody may read. Blocks never move.
/// </summary>
internal sealed unsafe class NativeHeap : IDisposable
{
    public const int UnitBytes = 8;

    /// <summary>The largest block, in units.</summary>
    public const int MostUnits = ChunkUnits - Fine;

    private const int ChunkShift = 17;
    private const int ChunkUnits = 1 << ChunkShift;
    private const int MostChunks = 1 << 15;

    // Blocks up to here are handed out to the unit, larger ones in multiples of it.
    private const int Fine = 64;

    private readonly byte** _chunks = (byte**)NativeMemory.AllocZeroed(MostChunks, (nuint)sizeof(byte*));
    private readonly uint[] _free = new uint[Fine + ChunkUnits / Fine + 1];
    private int _chunkCount;
    private uint _next;
    private uint _end;

    ~NativeHeap() => Release();

    /// <summary>What is in use, in bytes, without what stands ready for use again.</summary>
    public long UsedBytes { get; private set; }

    /// <summary>What was taken from the system, in bytes.</summary>
    public long TakenBytes => (long)_chunkCount * ChunkUnits * UnitBytes;

    public byte* this[uint address] => _chunks[address >> ChunkShift] + (nuint)(address & (ChunkUnits - 1)) * UnitBytes;

    /// <summary>A block with whatever was in it before. Its address is never zero.</summary>
    public uint Allocate(int units)
    {
        var size = Rounded(units, out var kind);
        UsedBytes += (long)size * UnitBytes;
        if (_free[kind] is > 0 and var free)
        {
            _free[kind] = *(uint*)this[free];
            return free;
        }

        if (_end - _next < size)
        {
            TakeChunk();
        }

        var address = _next;
        _next += size;
        return address;
    }

    /// <summary>Gives a block back; the same number of units as it was asked for with.</summary>
    public void Free(uint address, int units)
    {
        var size = Rounded(units, out var kind);
        UsedBytes -= (long)size * UnitBytes;
        *(uint*)this[address] = _free[kind];
        _free[kind] = address;
    }

    public void Dispose()
    {
        Release();
        GC.SuppressFinalize(this);
    }

    private static uint Rounded(int units, out int kind)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(units, MostUnits);
        kind = units <= Fine ? units : Fine + (units + Fine - 1) / Fine;
        return (uint)(units <= Fine ? units : (kind - Fine) * Fine);
    }

    private void TakeChunk()
    {
        // What is left of the last chunk goes to the free blocks.
        while (_next < _end)
        {
            var rest = (int)Math.Min(_end - _next, Fine);
            *(uint*)this[_next] = _free[rest];
            _free[rest] = _next;
            _next += (uint)rest;
        }

        if (_chunkCount == MostChunks)
        {
            throw new InsufficientMemoryException("More than 32 GiB of volunteers' details.");
        }

        _chunks[_chunkCount] = (byte*)NativeMemory.Alloc(ChunkUnits * UnitBytes);
        _next = (uint)_chunkCount << ChunkShift;
        _end = _next + ChunkUnits;
        _chunkCount++;

        // Address zero means nothing.
        _next = Math.Max(_next, 1);
    }

    private void Release()
    {
        for (var i = 0; i < _chunkCount; i++)
        {
            NativeMemory.Free(_chunks[i]);
        }

        _chunkCount = 0;
        NativeMemory.Free(_chunks);
    }
}
