namespace Matching.Engine.Compact;

/// <summary>What the index keeps of an entry: the volunteer's row, and which of their places the entry is for.</summary>
internal readonly struct Handle
{
    /// <summary>So many places of somebody are entered in the index; who has more is looked at in every search.</summary>
    public const int MostPlaces = 15;

    private const int RowBits = 28;
    private const int NoPlace = MostPlaces;

    private readonly uint _bits;

    public Handle(uint row, int? place) => _bits = row | ((uint)(place ?? NoPlace) << RowBits);

    public uint Row => _bits & ((1u << RowBits) - 1);

    public int? Place => (int)(_bits >> RowBits) is var place and not NoPlace ? place : null;
}
