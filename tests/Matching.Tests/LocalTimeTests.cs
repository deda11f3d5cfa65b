namespace Matching.Tests;

public class LocalTimeTests
{
    // In Santiago and Beirut spring leaves out midnight, in Havana autumn repeats it, in Lord Howe the clock moves by half an hour.
    [TestCase("Asia/Shanghai")]
    [TestCase("America/Los_Angeles")]
    [TestCase("America/Santiago")]
    [TestCase("America/Havana")]
    [TestCase("Asia/Beirut")]
    [TestCase("Australia/Lord_Howe")]
    public void A_day_starts_at_its_first_instant(string name)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(name);
        for (var day = new DateOnly(2025, 1, 1); day.Year < 2028; day = day.AddDays(1))
        {
            var start = LocalTime.StartOf(day, zone);
            Assert.That(LocalTime.DayOf(start, zone), Is.EqualTo(day));
            Assert.That(LocalTime.DayOf(start.AddTicks(-1), zone), Is.EqualTo(day.AddDays(-1)));
        }
    }

    [TestCase("Asia/Shanghai", 1)]
    [TestCase("America/Los_Angeles", 7)]
    [TestCase("Australia/Lord_Howe", 7)]
    public void Three_years_are_cut_where_the_clock_changes_and_nowhere_else(string name, int count)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(name);
        var years = new Window(new(2025, 1, 1, 0, 0, 0, TimeSpan.Zero), new(2028, 1, 1, 0, 0, 0, TimeSpan.Zero));
        var pieces = LocalTime.Pieces(years, zone);

        Assert.That(pieces, Has.Count.EqualTo(count));
        Assert.That(pieces[0].Piece.Start, Is.EqualTo(years.Start));
        Assert.That(pieces[^1].Piece.End, Is.EqualTo(years.End));
        for (var i = 0; i < count; i++)
        {
            Assert.That(zone.GetUtcOffset(pieces[i].Piece.Start), Is.EqualTo(pieces[i].Offset));
            Assert.That(zone.GetUtcOffset(pieces[i].Piece.End.AddTicks(-1)), Is.EqualTo(pieces[i].Offset));
            Assert.That(i == 0 || pieces[i - 1].Piece.End == pieces[i].Piece.Start, Is.True);
        }
    }
}
