using Matching.Replay;
using Matching.Replay.City;
using Matching.Sites;

namespace Matching.Api.Tests.Replay;

/// <summary>How the replay makes sites of a city's areas.</summary>
public sealed class CityTests
{
    [Test]
    public void A_council_is_a_station_under_the_district_that_most_of_its_rows_name()
    {
        var areas = AreaTree.Of([Request("1", "7", "9", "South"), Request("2", "7", "9", "South"), Request("3", "7", "8", "Harbor"), Request("4", null, "8", "Harbor")]);
        var station = areas.Stations.Single();
        Assert.That(station.Parent!.Code, Is.EqualTo("institute 9"));
        Assert.That(station.Center.Name, Is.EqualTo("South"));
        Assert.That(areas.All.Select(area => area.Kind), Is.EqualTo(new[] { SiteKind.Center, SiteKind.Center, SiteKind.Institute, SiteKind.Institute, SiteKind.Station }));
    }

    [Test]
    public void A_row_goes_to_its_council_else_to_its_district_else_to_the_busiest_center()
    {
        var council = Request("1", "7", "9", "South");
        var district = Request("2", null, "9", "South");
        var nowhere = Request("3", null, null, null) with { Lat = null, Lng = null };
        var areas = AreaTree.Of([council, district, nowhere]);
        Assert.That(areas.Of(council).Code, Is.EqualTo("station 7"));
        Assert.That(areas.Of(district).Code, Is.EqualTo("institute 9"));
        Assert.That(areas.Of(nowhere).Code, Is.EqualTo("center South"));
    }

    [Test]
    public void A_row_without_a_place_takes_that_of_its_station_two_kilometres_wide()
    {
        var known = Request("1", "7", "9", "South");
        var unknown = Request("2", "7", "9", "South") with { Lat = null, Lng = null };
        var areas = AreaTree.Of([known, unknown]);
        Assert.That(areas.PlaceOf(known).AccuracyM, Is.LessThan(100));
        Assert.That(areas.PlaceOf(unknown), Is.EqualTo(areas.Of(unknown).Place with { AccuracyM = 2_000 }));
    }

    [TestCase("a,\"b, c\",,\"d \"\"e\"\"\"", new[] { "a", "b, c", "", "d \"e\"" })]
    public void A_line_is_split_at_the_commas_outside_of_quotes(string line, string[] fields) => Assert.That(CityRequest.Split(line), Is.EqualTo(fields));

    [Test]
    public void Rates_above_one_and_unknown_options_are_refused()
    {
        Assert.That(() => Options.Parse(["x.csv", "--accept", "0.8", "--decline", "0.3"]), Throws.TypeOf<OptionException>());
        Assert.That(() => Options.Parse(["x.csv", "--url", "http://127.0.0.1:1", "--kill-every", "5s"]), Throws.TypeOf<OptionException>());
        Assert.That(() => Options.Parse(["x.csv", "--hurry"]), Throws.TypeOf<OptionException>());
        Assert.That(() => Options.Parse(["x.csv", "--split", "0.5", "--team", "0.4", "--whole-day", "0.2"]), Throws.TypeOf<OptionException>());
        Assert.That(Options.Parse(["x.csv", "--limit", "20", "--kill-every", "5s"]).KillEvery, Is.EqualTo(TimeSpan.FromSeconds(5)));
        Assert.That(Options.Parse(["x.csv", "--emergency", "0.5", "--operations"]), Is.EqualTo(new Options { File = "x.csv", Emergency = 0.5, Operations = true }));
    }

    [TestCase(400, 12)]
    [TestCase(2_000, 12)]
    [TestCase(9_999, 60)]
    public void More_rows_have_more_volunteers_so_that_each_has_as_much_to_do(int rows, int perStation)
    {
        Assert.That(new Options().VolunteersFor(rows), Is.EqualTo(perStation));
        Assert.That(new Options { VolunteersPerStation = 4 }.VolunteersFor(rows), Is.EqualTo(4));
    }

    private static CityRequest Request(string number, string? council, string? district, string? commission) => new(
        number, new DateTimeOffset(2017, 12, 28, 18, 0, 0, TimeSpan.Zero), "Bulky Items", "Call", 34.05, -118.25, council, council is null ? null : $"COUNCIL {council}", district,
        commission);
}
