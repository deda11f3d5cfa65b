using FsCheck;
using FsCheck.Fluent;
using Matching.Accounts;

namespace Matching.Tests.Accounts;

public class DutyTests
{
    private static readonly Ids Ids = new(TimeProvider.System);
    private static readonly Id Center = Ids.Next(IdKind.Site);
    private static readonly Id Institute = Ids.Next(IdKind.Site);
    private static readonly Id Station = Ids.Next(IdKind.Site);
    private static readonly string Path = $"/{Center}/{Institute}/{Station}/";

    [TestCase(Duty.Orders, Role.Dispatcher)]
    [TestCase(Duty.Wishes, Role.Curator)]
    public void Those_whose_role_it_is_are_told_and_administrators_beside_them_are_not(Duty duty, Role role)
    {
        var (one, other) = (Hat(Station, role), Hat(Station, role));

        var told = duty.WhoAnswers(Path, [Hat(Station, Role.SiteAdmin), one, Hat(Institute, role), other, Hat(Center, Role.CenterAdmin)]);

        Assert.That(told.SiteId, Is.EqualTo(Station));
        Assert.That(told.Accounts, Is.EquivalentTo(new[] { one.AccountId, other.AccountId }));
    }

    [TestCase(Duty.Orders, Role.Curator)]
    [TestCase(Duty.Wishes, Role.Dispatcher)]
    public void Where_nobody_has_the_role_the_administrator_is_told(Duty duty, Role another)
    {
        var admin = Hat(Station, Role.SiteAdmin);

        Assert.That(duty.WhoAnswers(Path, [Hat(Station, another), admin, Hat(Institute, Role.Dispatcher), Hat(Institute, Role.Curator)]).Accounts, Is.EqualTo(new[] { admin.AccountId }));
    }

    [Test]
    public void Where_there_is_nobody_at_all_the_parent_is_asked_in_the_same_way()
    {
        var (above, atTheTop) = (Hat(Institute, Role.SiteAdmin), Hat(Center, Role.CenterAdmin));

        Assert.That(Duty.Orders.WhoAnswers(Path, [Hat(Station, Role.Curator), above, atTheTop]).SiteId, Is.EqualTo(Institute));
        Assert.That(Duty.Orders.WhoAnswers(Path, [atTheTop]).Accounts, Is.EqualTo(new[] { atTheTop.AccountId }));
        Assert.That(Duty.Orders.WhoAnswers(Path, []).Accounts, Is.Empty);
        Assert.That(Duty.Orders.WhoAnswers(Path, [Hat(Ids.Next(IdKind.Site), Role.Dispatcher)]).Accounts, Is.Empty, "of another branch");
    }

    [Test]
    public void A_dispute_is_told_to_the_center_and_to_nobody_below()
    {
        var center = Hat(Center, Role.CenterAdmin);

        Assert.That(
            Duty.Disputes.WhoAnswers(Path, [Hat(Station, Role.SiteAdmin), Hat(Station, Role.Dispatcher), Hat(Center, Role.Dispatcher), center]).Accounts,
            Is.EqualTo(new[] { center.AccountId }));
    }

    [Test]
    public void Who_has_the_role_twice_is_told_once()
    {
        var hat = Hat(Station, Role.Dispatcher);

        Assert.That(Duty.Orders.WhoAnswers(Path, [hat, hat with { }]).Accounts, Has.Count.EqualTo(1));
    }

    [FsCheck.NUnit.Property]
    public Property Somebody_answers_for_orders_wherever_anybody_who_could_is_on_the_way_up_and_always_at_the_nearest_site((byte Site, byte Role)[] hats)
    {
        Id[] sites = [Station, Institute, Center];
        Role[] roles = [Role.Curator, Role.Dispatcher, Role.SiteAdmin, Role.CenterAdmin];
        var staff = hats.Select(hat => Hat(sites[hat.Site % 3], roles[hat.Role % 4])).ToList();

        var told = Duty.Orders.WhoAnswers(Path, staff);

        var nearest = sites.FirstOrDefault(site => staff.Exists(hat => hat.SiteId == site && hat.Role != Role.Curator));
        var there = staff.Where(hat => hat.SiteId == nearest && hat.Role != Role.Curator).ToList();
        var dispatchers = there.Where(hat => hat.Role == Role.Dispatcher).ToList();
        var expected = (dispatchers.Count > 0 ? dispatchers : there).Select(hat => hat.AccountId).Order();
        return (told.SiteId == nearest && told.Accounts.SequenceEqual(expected)).ToProperty();
    }

    private static RoleAtSite Hat(Id site, Role role) => new() { SiteId = site, Role = role, AccountId = Ids.Next(IdKind.Account) };
}
