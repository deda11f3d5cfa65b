using Matching.Accounts;
using Matching.Api.Catalog;
using Matching.Api.Residents;
using Matching.Api.Sites;
using Matching.Api.Volunteers;
using Matching.Policies;
using Matching.Sites;
using Microsoft.Extensions.DependencyInjection;

namespace Matching.Api.Tests.Sites;

/// <summary>What other features ask the tree, the policy and the catalog.</summary>
public class SiteReadingTests
{
    private Service _service = null!;
    private World _world = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        _service = await Service.StartAsync();
        _world = await World.CreateAsync(_service);
    }

    [OneTimeTearDown]
    public async Task Stop() => await _service.DisposeAsync();

    [Test]
    public async Task A_point_owns_no_orders_so_the_station_above_it_does()
    {
        var sites = _service.Services.GetRequiredService<SiteStore>();
        var point = await _world.SiteAsync(SiteKind.Point, _world.NorthStation, "北一便民点", 29.3612, 110.5512);

        Assert.That((await sites.OwnerOfAsync(point.Id))?.Id, Is.EqualTo(_world.NorthStation.Id));
        Assert.That((await sites.OwnerOfAsync(_world.NorthInstitute.Id))?.Id, Is.EqualTo(_world.NorthInstitute.Id));
    }

    [Test]
    public async Task Above_a_station_stand_its_institute_and_its_center()
    {
        var sites = _service.Services.GetRequiredService<SiteStore>();

        Assert.That((await sites.ParentAsync(_world.NorthStation.Id))?.Id, Is.EqualTo(_world.NorthInstitute.Id));
        Assert.That((await sites.CenterOfAsync(_world.NorthStation.Id))?.Id, Is.EqualTo(_world.Center.Id));
        Assert.That(await sites.ParentAsync(_world.Center.Id), Is.Null);
        Assert.That((await sites.TimeZoneAsync(_world.Center.Id)).Id, Is.EqualTo("Asia/Shanghai"));
    }

    [Test]
    public async Task A_center_that_decided_nothing_has_the_defaults_in_its_own_zone()
    {
        var policies = _service.Services.GetRequiredService<PolicyStore>();
        var abroad = await _world.SiteAsync(SiteKind.Center, null, "Los Angeles", 34.05, -118.24, "America/Los_Angeles");

        var policy = await policies.EffectiveAsync(abroad.Id, abroad.Path, Service.Friday);

        Assert.That(policy, Is.EqualTo(Policy.Default with { Zone = "America/Los_Angeles" }));
        Assert.That(await policies.VersionAsync(abroad.Id, 1), Is.EqualTo(policy));
        Assert.That(await policies.VersionAsync(abroad.Id, 2), Is.Null);
    }

    [Test]
    public async Task Where_nobody_registered_there_is_nobody()
    {
        var volunteers = _service.Services.GetRequiredService<VolunteerStore>();
        var residents = _service.Services.GetRequiredService<ResidentStore>();
        var catalog = _service.Services.GetRequiredService<CatalogStore>();
        var nobody = _service.Ids.Next(IdKind.Volunteer);

        Assert.That(await volunteers.FindAsync(nobody), Is.Null);
        Assert.That(await volunteers.FactsAsync([nobody]), Is.Empty);
        Assert.That(await volunteers.AllFactsAsync().ToListAsync(), Is.Empty);
        Assert.That(await volunteers.ChangesAfterAsync(0), Is.Empty);
        Assert.That(await volunteers.LastChangeAsync(), Is.Zero);
        Assert.That(await residents.FindAsync(nobody), Is.Null);
        Assert.That(await catalog.MenuAsync(_world.Center.Id), Is.Empty);
        Assert.That(await catalog.MenuItemAsync(nobody), Is.Null);
        Assert.That((await catalog.SkillTreeAsync(_world.Center.Id)).Count, Is.Zero);
    }
}
