using FsCheck;
using Matching.Geography;

namespace Matching.Tests.Geography;

public class DatumTests
{
    // Published results of the public formulas for one point in Beijing.
    [Test]
    public void A_point_in_Beijing_moves_as_published()
    {
        var (lat, lng) = Datums.FromWgs84(39.915, 116.404, Datum.Gcj02);
        Assert.That(lat, Is.EqualTo(39.91640428150164).Within(1e-9));
        Assert.That(lng, Is.EqualTo(116.41024449916938).Within(1e-9));

        var wgs = Datums.ToWgs84(39.915, 116.404, Datum.Gcj02);
        (lat, lng) = Datums.FromWgs84(wgs.Lat, wgs.Lng, Datum.Bd09);
        Assert.That(lat, Is.EqualTo(39.92133699351021).Within(1e-9));
        Assert.That(lng, Is.EqualTo(116.41036949371029).Within(1e-9));
    }

    [FsCheck.NUnit.Property]
    public void In_China_there_and_back_ends_within_half_a_metre(DoNotSize<int> seed)
    {
        var random = new Random(seed.Item);
        var place = new Place(18 + random.NextDouble() * 35, 74 + random.NextDouble() * 60);
        foreach (var datum in Enum.GetValues<Datum>())
        {
            var (lat, lng) = Datums.FromWgs84(place.Lat, place.Lng, datum);
            var back = Datums.ToWgs84(lat, lng, datum);
            Assert.That(Distance.Metres(place.Lat, place.Lng, back.Lat, back.Lng), Is.LessThan(0.5), datum.ToString());

            var shift = Distance.Metres(place.Lat, place.Lng, lat, lng);
            Assert.That(shift, datum == Datum.Wgs84 ? Is.Zero : Is.InRange(20, 2_500), datum.ToString());
        }
    }

    [TestCase(34.05, -118.24)]
    [TestCase(51.5, -0.1)]
    [TestCase(-33.9, 151.2)]
    public void Outside_China_nothing_moves(double lat, double lng)
    {
        foreach (var datum in Enum.GetValues<Datum>())
        {
            Assert.That(Datums.FromWgs84(lat, lng, datum), Is.EqualTo((lat, lng)));
            Assert.That(Datums.ToWgs84(lat, lng, datum), Is.EqualTo((lat, lng)));
        }
    }

    [Test]
    public void A_datum_is_read_back_from_its_name()
    {
        foreach (var datum in Enum.GetValues<Datum>())
        {
            Assert.That(Datums.TryParse(Datums.Name(datum), out var read), Is.True);
            Assert.That(read, Is.EqualTo(datum));
        }
    }

    [TestCase(null)]
    [TestCase("")]
    [TestCase("wgs 84")]
    [TestCase("0")]
    public void A_datum_that_nobody_knows_is_refused(string? name)
    {
        Assert.That(Datums.TryParse(name, out _), Is.False);
        Assert.That(Places.Read(30, 110, name).Refusal, Is.EqualTo(Refusals.DatumUnknown));
    }
}
