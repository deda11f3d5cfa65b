using Matching.Accounts;

namespace Matching.Api.Tests.Accounts;

public class MyDataTests
{
    [Test]
    public async Task Somebody_gets_all_that_is_stored_about_them_and_nobody_else_does()
    {
        await using var service = await Service.StartAsync();
        var world = await World.CreateAsync(service);
        var person = await PersonRows.CreateAsync(service, world);

        var data = (await service.As(person.Volunteer).ReadAsync("/me/data")).Yes();
        Assert.That((string?)data["account"]!["phone"], Is.EqualTo("+86" + PersonRows.Phone));
        Assert.That((string?)data["hats"]![0]!["role"], Is.EqualTo("volunteer"));

        var volunteer = data["volunteers"]![0]!;
        Assert.That((string?)volunteer["volunteer"]!["idNumber"], Is.EqualTo(PersonRows.Mark));
        Assert.That((string?)volunteer["qualifications"]![0]!["number"], Is.EqualTo(PersonRows.Mark));
        Assert.That((double?)volunteer["places"]![0]!["lat"], Is.EqualTo(PersonRows.Lat));
        Assert.That((string?)volunteer["teams"]![0]!["name"], Is.EqualTo("北一社区服务队"));
        Assert.That((int?)volunteer["hours"]![0]!["minutes"], Is.EqualTo(60));
        foreach (var list in new[] { "skills", "slots", "exceptions", "offers", "assignments", "attendances" })
        {
            Assert.That(volunteer[list]!.AsArray(), Has.Count.EqualTo(1), list);
        }

        // A rating is hidden until both are in.
        Assert.That(volunteer["ratings"]!.AsArray(), Is.Empty);

        var resident = data["residents"]![0]!;
        Assert.That((string?)resident["resident"]!["address"], Is.EqualTo(PersonRows.Mark));
        Assert.That((string?)resident["wishes"]![0]!["words"], Is.EqualTo(PersonRows.Mark));
        Assert.That((string?)resident["orders"]![0]!["need"], Is.EqualTo(PersonRows.Mark));
        foreach (var list in new[] { "tags", "proxies", "blocks" })
        {
            Assert.That(resident[list]!.AsArray(), Has.Count.EqualTo(1), list);
        }

        var other = (await service.As(await world.HatAsync(Role.Volunteer)).ReadAsync("/me/data")).Yes();
        Assert.That(other.Text, Does.Not.Contain(PersonRows.Mark));
    }
}
