namespace Matching.Tests;

public class IdTests
{
    [Test]
    public void Ids_grow_within_a_process_even_when_the_clock_stands_still()
    {
        var ids = new Ids(new StoppedClock());
        var made = Enumerable.Range(0, 10_000).Select(_ => ids.Next(IdKind.Order)).ToArray();

        Assert.That(made, Is.Ordered.Ascending);
        Assert.That(made, Is.Unique);
    }

    [FsCheck.NUnit.Property]
    public bool What_is_written_is_read_back(ulong high, ulong low)
    {
        var id = Id.From(new UInt128(high, (low & ~0xFFUL) | (byte)IdKind.Wish));
        return Id.TryParse(id.ToString(), out var read) && read == id && Id.FromBytes(id.ToBytes()) == id;
    }

    [FsCheck.NUnit.Property]
    public bool Ids_sort_alike_as_numbers_bytes_and_text(ulong a, ulong b, ulong c, ulong d)
    {
        var left = Id.From(new UInt128(a, (b & ~0xFFUL) | 10));
        var right = Id.From(new UInt128(c, (d & ~0xFFUL) | 10));
        var asNumbers = Math.Sign(left.CompareTo(right));
        return asNumbers == Math.Sign(left.ToBytes().AsSpan().SequenceCompareTo(right.ToBytes()))
            && asNumbers == Math.Sign(string.CompareOrdinal(left.ToString(), right.ToString()));
    }

    [TestCase(null)]
    [TestCase("")]
    [TestCase("ord_")]
    [TestCase("ord_01J")]
    [TestCase("ord_!!!!!!!!!!!!!!!!!!!!!!!!!!")]
    [TestCase("ord_ZZZZZZZZZZZZZZZZZZZZZZZZZZ")]
    [TestCase("vol_0000000000000000000000000C")]
    public void What_is_no_id_is_read_as_none(string? text)
    {
        Assert.That(Id.ParseOrNone(text), Is.EqualTo(Id.None));
    }

    private sealed class StoppedClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddYears(56);
    }
}
