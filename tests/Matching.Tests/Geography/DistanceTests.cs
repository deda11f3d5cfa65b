using FsCheck;
using Matching.Geography;

namespace Matching.Tests.Geography;

public class DistanceTests
{
    [Test]
    public void From_Beijing_to_Shanghai_it_is_1067_kilometres()
    {
        Assert.That(Distance.Metres(new Place(39.9042, 116.4074), new Place(31.2304, 121.4737)), Is.EqualTo(1_067_000).Within(1_000));
    }

    [Test]
    public void A_degree_of_latitude_is_111_kilometres_and_a_hop_of_a_metre_is_a_metre()
    {
        Assert.That(Distance.Metres(0, 0, 1, 0), Is.EqualTo(111_195).Within(1));
        Assert.That(Distance.Metres(A.Home, A.Home.North(1)), Is.EqualTo(1).Within(1e-6));
    }

    [Test]
    public void Half_way_round_is_the_farthest()
    {
        Assert.That(Distance.Metres(0, 0, 0, 180), Is.EqualTo(Math.PI * Distance.EarthRadiusM).Within(1));
        Assert.That(Distance.Metres(90, 0, -90, 77), Is.EqualTo(Math.PI * Distance.EarthRadiusM).Within(1));
    }

    [FsCheck.NUnit.Property]
    public void There_is_as_far_as_back_and_round_about_is_no_shorter(DoNotSize<int> seed)
    {
        var random = new Random(seed.Item);
        var (a, b, c) = (Anywhere(random), Anywhere(random), Anywhere(random));

        Assert.That(Distance.Metres(a, b), Is.EqualTo(Distance.Metres(b, a)).Within(1e-6));
        Assert.That(Distance.Metres(a, a), Is.Zero);
        var across = new Place(-a.Lat, a.Lng > 0 ? a.Lng - 180 : a.Lng + 180);
        Assert.That(Distance.Metres(a, across), Is.EqualTo(Math.PI * Distance.EarthRadiusM).Within(1));
        Assert.That(Distance.Metres(a, c), Is.LessThanOrEqualTo(Distance.Metres(a, b) + Distance.Metres(b, c) + 1e-3));
    }

    [FsCheck.NUnit.Property]
    public void Farther_never_takes_less_time(DoNotSize<int> seed)
    {
        var random = new Random(seed.Item);
        var near = random.NextDouble() * 20_000;

        Assert.That(Travel.Time(near + random.NextDouble() * 5_000), Is.GreaterThanOrEqualTo(Travel.Time(near)));
    }

    [TestCase(0, 0)]
    [TestCase(500, 520)]
    [TestCase(1_000, 872)]
    [TestCase(10_000, 2_480)]
    public void The_way_takes_as_long_as_the_model_says(double metres, double seconds)
    {
        Assert.That(Travel.Time(metres).TotalSeconds, Is.EqualTo(seconds).Within(0.5));
    }

    internal static Place Anywhere(Random random) => new(random.NextDouble() * 180 - 90, random.NextDouble() * 360 - 180);
}
