using Matching.Sites;

namespace Matching.Tests.Sites;

public class SiteRuleTests
{
    private readonly Ids _ids = new(TimeProvider.System);

    [TestCase(SiteKind.Center, null, true)]
    [TestCase(SiteKind.Center, SiteKind.Center, false)]
    [TestCase(SiteKind.Institute, SiteKind.Center, true)]
    [TestCase(SiteKind.Institute, null, false)]
    [TestCase(SiteKind.Institute, SiteKind.Institute, false)]
    [TestCase(SiteKind.Station, SiteKind.Institute, true)]
    [TestCase(SiteKind.Station, SiteKind.Center, true)]
    [TestCase(SiteKind.Station, SiteKind.Station, false)]
    [TestCase(SiteKind.Base, SiteKind.Station, true)]
    [TestCase(SiteKind.Point, SiteKind.Center, true)]
    [TestCase(SiteKind.Point, SiteKind.Base, false)]
    [TestCase(SiteKind.Point, null, false)]
    public void A_site_stands_only_under_a_site_of_the_right_kind(SiteKind kind, SiteKind? parent, bool may) =>
        Assert.That(SiteRules.CheckParent(kind, parent), may ? Is.Null : Is.EqualTo(Refusals.SiteParentWrong));

    [Test]
    public void A_site_does_not_move_below_itself()
    {
        var center = _ids.Next(IdKind.Site);

        Assert.That(SiteRules.CheckMove(SiteKind.Institute, center, "/c/i/", SiteKind.Station, center, "/c/i/s/"), Is.EqualTo(Refusals.SiteCircle));
        Assert.That(SiteRules.CheckMove(SiteKind.Institute, center, "/c/i/", SiteKind.Institute, center, "/c/i/"), Is.EqualTo(Refusals.SiteCircle));
    }

    [Test]
    public void A_site_does_not_move_to_another_center()
    {
        var refusal = SiteRules.CheckMove(SiteKind.Station, _ids.Next(IdKind.Site), "/c/i/s/", SiteKind.Institute, _ids.Next(IdKind.Site), "/d/j/");

        Assert.That(refusal, Is.EqualTo(Refusals.SiteOtherCenter));
    }

    [Test]
    public void A_station_moves_to_another_institute_of_its_center()
    {
        var center = _ids.Next(IdKind.Site);

        Assert.That(SiteRules.CheckMove(SiteKind.Station, center, "/c/i/s/", SiteKind.Institute, center, "/c/j/"), Is.Null);
    }
}
