using Matching.Accounts;
using Matching.Sites;

namespace Matching.Tests.Accounts;

public class HatGrantTests
{
    private const string Center = "/c/";
    private const string Station = "/c/i/s/";
    private const string Elsewhere = "/d/";

    // Which roles each may give at all, typed from the house's rule and not from the code.
    private static readonly Dictionary<Role, Role[]> Table = new()
    {
        [Role.Resident] = [],
        [Role.Proxy] = [],
        [Role.Volunteer] = [],
        [Role.Captain] = [],
        [Role.Curator] = [],
        [Role.Dispatcher] = [],
        [Role.SiteAdmin] = [Role.Proxy, Role.Curator, Role.Dispatcher, Role.SiteAdmin],
        [Role.CenterAdmin] = [Role.Proxy, Role.Curator, Role.Dispatcher, Role.SiteAdmin, Role.CenterAdmin],
        [Role.PlatformAdmin] = [Role.Proxy, Role.Curator, Role.Dispatcher, Role.SiteAdmin, Role.CenterAdmin, Role.PlatformAdmin],
    };

    [Test]
    public void Nobody_gives_a_role_above_the_own_one([Values] Role giver, [Values] Role role)
    {
        (SiteKind, string)? site = role == Role.PlatformAdmin ? null : (SiteKind.Center, Center);

        Assert.That(HatGrants.Check(giver, Reach.Everything, role, site) is null, Is.EqualTo(Table[giver].Contains(role)));
    }

    [Test]
    public void Nobody_gives_a_role_outside_the_own_subtree([Values(Role.SiteAdmin, Role.CenterAdmin)] Role giver)
    {
        var reach = Reach.Of("/c/i/");

        Assert.That(HatGrants.Check(giver, reach, Role.Curator, (SiteKind.Station, Station)), Is.Null);
        Assert.That(HatGrants.Check(giver, reach, Role.Curator, (SiteKind.Center, Center)), Is.EqualTo(Refusals.HatNotYoursToGrant));
        Assert.That(HatGrants.Check(giver, reach, Role.Curator, (SiteKind.Center, Elsewhere)), Is.EqualTo(Refusals.HatNotYoursToGrant));
    }

    [Test]
    public void A_new_password_opens_every_hat_so_all_of_them_must_be_the_administrators_to_give()
    {
        var (curator, director, captain) = ((Role.Curator, At(Station)), (Role.CenterAdmin, At(Center)), (Role.Captain, ((SiteKind, string)?)null));
        var institute = Reach.Of("/c/i/");

        Assert.That(HatGrants.CheckReset(Role.SiteAdmin, institute, [curator]), Is.Null);
        Assert.That(HatGrants.CheckReset(Role.SiteAdmin, institute, [curator, captain]), Is.Null, "what speaks for a team is nobody's to give");
        Assert.That(HatGrants.CheckReset(Role.SiteAdmin, institute, [curator, director]), Is.EqualTo(Refusals.ResetNotYours));
        Assert.That(HatGrants.CheckReset(Role.CenterAdmin, Reach.Of(Center), [curator, director]), Is.Null);
        Assert.That(HatGrants.CheckReset(Role.CenterAdmin, Reach.Of(Center), [curator, (Role.PlatformAdmin, null)]), Is.EqualTo(Refusals.ResetNotYours));
        Assert.That(HatGrants.CheckReset(Role.PlatformAdmin, Reach.Everything, [(Role.PlatformAdmin, null)]), Is.Null);
    }

    [Test]
    public void Who_works_nowhere_within_reach_is_unknown()
    {
        var institute = Reach.Of("/c/i/");

        Assert.That(HatGrants.CheckReset(Role.SiteAdmin, institute, []), Is.EqualTo(Refusals.AccountUnknown));
        Assert.That(HatGrants.CheckReset(Role.SiteAdmin, institute, [(Role.Curator, At(Elsewhere))]), Is.EqualTo(Refusals.AccountUnknown));
        Assert.That(HatGrants.CheckReset(Role.SiteAdmin, institute, [(Role.Volunteer, null)]), Is.EqualTo(Refusals.AccountUnknown));
        Assert.That(HatGrants.CheckReset(Role.SiteAdmin, institute, [(Role.PlatformAdmin, null)]), Is.EqualTo(Refusals.AccountUnknown));
    }

    [TestCase(Role.CenterAdmin, SiteKind.Institute)]
    [TestCase(Role.Curator, SiteKind.Base)]
    [TestCase(Role.SiteAdmin, SiteKind.Point)]
    [TestCase(Role.PlatformAdmin, SiteKind.Center)]
    [TestCase(Role.Curator, null)]
    public void A_role_is_held_where_it_belongs(Role role, SiteKind? kind)
    {
        (SiteKind, string)? site = kind is { } at ? (at, Station) : null;

        Assert.That(HatGrants.Check(Role.PlatformAdmin, Reach.Everything, role, site)?.Code, Is.EqualTo("hat_site_wrong"));
    }

    private static (SiteKind, string)? At(string path) => (path == Station ? SiteKind.Station : SiteKind.Center, path);
}
