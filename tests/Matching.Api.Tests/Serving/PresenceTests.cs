using Matching.Accounts;
using Matching.Api.Plumbing.Database;
using Matching.Api.Volunteers;
using Microsoft.Extensions.DependencyInjection;

namespace Matching.Api.Tests.Serving;

/// <summary>Coming and going.</summary>
public class PresenceTests
{
    private static readonly Sql<ById> Suspend = new("UPDATE volunteers SET status = 'Suspended', version = version + 1 WHERE id = @Id");

    private Service _service = null!;
    private ServingWorld _world = null!;

    [SetUp]
    public async Task Start()
    {
        _service = await Service.StartAsync();
        _world = await ServingWorld.CreateAsync(_service);
    }

    [TearDown]
    public async Task Stop() => await _service.DisposeAsync();

    [Test]
    public async Task Coming_is_refused_too_early_without_proof_and_from_far_away()
    {
        var neighbour = await _world.VolunteerAsync();
        var errand = await _world.AcceptedAsync(await _world.ItemAsync(), neighbour);
        await _service.UntilAsync(ServingWorld.Start.AddHours(-3));
        var early = await ComeAsync(neighbour, errand, new { serviceCode = await _world.CodeAsync(errand.OrderId) });
        Assert.That((early.Status, early.Code, early.Headers.ContainsKey("Retry-After")), Is.EqualTo((422, "check_in_too_early", true)));

        await _service.UntilAsync(ServingWorld.Start);
        Assert.That((await ComeAsync(neighbour, errand, new { })).Code, Is.EqualTo("presence_not_shown"));
        Assert.That((await ComeAsync(neighbour, errand, new { place = new { lat = 29.30, lng = 110.51, datum = "wgs84", accuracyM = 10 } })).Code, Is.EqualTo("not_within_geofence"));
        Assert.That((await ComeAsync(neighbour, errand, new { place = new { lat = 129.30, lng = 110.51, datum = "wgs84" } })).Code, Is.EqualTo("place_off_earth"));
        Assert.That((await GoAsync(neighbour, errand, new { })).Code, Is.EqualTo("not_checked_in"));
        Assert.That((await ComeAsync(await _world.VolunteerAsync("别人"), errand, new { })).Code, Is.EqualTo("assignment_unknown"));

        // The place in the grid of the phone's map: the same place, once it is turned back.
        var (lat, lng) = Matching.Geography.Datums.FromWgs84(_world.World.NorthStation.Lat + 0.001, _world.World.NorthStation.Lng + 0.001, Matching.Geography.Datum.Gcj02);
        var came = (await ComeAsync(neighbour, errand, new { place = new { lat, lng, datum = "gcj02", accuracyM = 10 } })).Yes();
        Assert.That(((string?)came["method"], (string?)came["evidence"]), Is.EqualTo(("geofence", "C")));
        Assert.That((await ComeAsync(neighbour, errand, new { serviceCode = "000000" })).Code, Is.EqualTo("checked_in_already"));
        await _world.HoldsAsync();
    }

    [Test]
    public async Task Five_wrong_codes_even_all_at_once_and_no_code_is_looked_at_for_an_hour()
    {
        var neighbour = await _world.VolunteerAsync();
        var errand = await _world.AcceptedAsync(await _world.ItemAsync(), neighbour);
        await _service.UntilAsync(ServingWorld.Start);
        var code = await _world.CodeAsync(errand.OrderId);
        var wrong = code == "123456" ? "654321" : "123456";

        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => ComeAsync(neighbour, errand, new { serviceCode = wrong })));
        Assert.That(answers.Count(answer => answer.Code == "service_code_wrong"), Is.EqualTo(5));
        Assert.That(answers.Count(answer => (answer.Status, answer.Code) is (429, "service_code_locked")), Is.EqualTo(7));
        Assert.That((await ComeAsync(neighbour, errand, new { serviceCode = code })).Code, Is.EqualTo("service_code_locked"), "even the right one");

        _service.Machine.Move(TimeSpan.FromMinutes(61));
        var later = neighbour with { Client = _service.As(neighbour.Hat) };
        Assert.That((string?)(await ComeAsync(later, errand, new { serviceCode = code })).Yes()["evidence"], Is.EqualTo("B"));
    }

    [Test]
    public async Task An_organiser_vouches_for_others_and_never_for_herself()
    {
        var neighbour = await _world.VolunteerAsync();
        var errand = await _world.AcceptedAsync(await _world.ItemAsync(people: 1), neighbour);
        await _service.UntilAsync(ServingWorld.Start);
        var foreign = await _world.Wishes.AsAsync(Role.Dispatcher, _world.World.SouthStation);
        var herself = _service.As(await _world.World.AlsoAsync(neighbour.Hat.AccountId, Role.Dispatcher, _world.World.NorthStation));

        Assert.That((await foreign.PostAsync($"/assignments/{errand.AssignmentId}/check-in", new { })).Code, Is.EqualTo("assignment_unknown"));
        Assert.That((await herself.PostAsync($"/assignments/{errand.AssignmentId}/check-in", new { })).Code, Is.EqualTo("presence_not_shown"));
        Assert.That((await herself.ReadAsync($"/orders/{errand.OrderId}/service-code")).Code, Is.EqualTo("own_service"));
        var came = (await _world.Clerk.PostAsync($"/assignments/{errand.AssignmentId}/check-in", new { })).Yes();
        Assert.That(((string?)came["method"], (string?)came["evidence"]), Is.EqualTo(("organiser", "D")));
        (await _world.Clerk.PostAsync($"/assignments/{errand.AssignmentId}/check-out", new { })).Yes();
        Assert.That((await herself.PostAsync($"/orders/{errand.OrderId}/confirm", new { how = "phone" })).Code, Is.EqualTo("own_service"));
    }

    [Test]
    public async Task Who_was_suspended_meanwhile_is_refused_at_the_door_and_leaves_no_trace()
    {
        var neighbour = await _world.VolunteerAsync();
        var errand = await _world.AcceptedAsync(await _world.ItemAsync(), neighbour);
        await _service.UntilAsync(ServingWorld.Start);
        await _service.Database.WriteAsync(tx => tx.ExecuteAsync(Suspend, new ById(neighbour.Id)), CancellationToken.None);

        Assert.That((await ComeAsync(neighbour, errand, new { serviceCode = await _world.CodeAsync(errand.OrderId) })).Code, Is.EqualTo("rule_broken_not_suspended"));
        var volunteer = (await _service.Services.GetRequiredService<VolunteerStore>().FindAsync(neighbour.Id))!;
        Assert.That((volunteer.Came, volunteer.OnTime), Is.EqualTo((0, 0)));
        Assert.That(await _world.StateAsync(errand), Is.EqualTo("accepted"));
    }

    [Test]
    public async Task Who_leaves_without_proof_is_let_go_and_late_comers_are_counted_as_late()
    {
        var neighbour = await _world.VolunteerAsync();
        var errand = await _world.AcceptedAsync(await _world.ItemAsync(), neighbour);
        await _service.UntilAsync(ServingWorld.Start.AddMinutes(12));
        (await ComeAsync(neighbour, errand, new { serviceCode = await _world.CodeAsync(errand.OrderId) })).Yes();
        await _service.UntilAsync(ServingWorld.Start.AddMinutes(42));
        var left = (await GoAsync(neighbour, errand, new { })).Yes();

        Assert.That(((string?)left["method"], (string?)left["evidence"], (int)left["minutes"]!), Is.EqualTo(("unproved", "D", 30)));
        Assert.That((await GoAsync(neighbour, errand, new { })).Code, Is.EqualTo("checked_out_already"));
        var volunteer = (await _service.Services.GetRequiredService<VolunteerStore>().FindAsync(neighbour.Id))!;
        Assert.That((volunteer.Came, volunteer.OnTime), Is.EqualTo((1, 0)));
    }

    [Test]
    public async Task To_call_is_a_deed_that_the_resident_can_read_and_is_over_with_the_service()
    {
        var neighbour = await _world.VolunteerAsync();
        var errand = await _world.ServedAsync(neighbour);
        Assert.That((await neighbour.Client.PostAsync($"/assignments/{errand.AssignmentId}/call", new { })).Code, Is.EqualTo("contact_closed"));

        var other = await _world.VolunteerAsync("王芳");
        var next = await _world.AcceptedAsync(await _world.ItemAsync(), ServingWorld.Start.AddDays(1), ServingWorld.End.AddDays(1), other);
        Assert.That((string?)(await other.Client.PostAsync($"/assignments/{next.AssignmentId}/call", new { }, key: "ring")).Yes()["phone"], Is.EqualTo("+8613912345678"));
        Assert.That((await neighbour.Client.PostAsync($"/assignments/{next.AssignmentId}/call", new { })).Code, Is.EqualTo("assignment_unknown"));
        Assert.That(await _world.Wishes.RevealsAsync(_world.Wishes.ResidentId), Has.Some.EqualTo("phone"));

        var seenByStaff = (await _world.Clerk.ReadAsync($"/assignments/{next.AssignmentId}")).Yes();
        Assert.That(seenByStaff["contact"], Is.Null);
        Assert.That((double)seenByStaff["place"]!["accuracyM"]!, Is.GreaterThan(300));
    }

    [Test]
    public async Task The_service_code_is_for_those_who_asked_and_their_clerk_until_the_service_is_over()
    {
        var neighbour = await _world.VolunteerAsync();
        var errand = await _world.AcceptedAsync(await _world.ItemAsync(), neighbour);
        var (_, stranger) = await _world.Wishes.ResidentAsync(_world.World.NorthStation);

        var code = await _world.CodeAsync(errand.OrderId);
        Assert.That(code, Does.Match(@"^\d{6}$"));
        Assert.That((string?)(await _world.Clerk.ReadAsync($"/orders/{errand.OrderId}/service-code")).Yes()["serviceCode"], Is.EqualTo(code));
        Assert.That((string?)(await _world.Wishes.Proxy.ReadAsync($"/orders/{errand.OrderId}/service-code")).Yes()["serviceCode"], Is.EqualTo(code));
        Assert.That((await stranger.ReadAsync($"/orders/{errand.OrderId}/service-code")).Code, Is.EqualTo("order_unknown"));
        Assert.That((await neighbour.Client.ReadAsync($"/orders/{errand.OrderId}/service-code")).Code, Is.EqualTo("role_not_allowed"));
        Assert.That(await _world.Wishes.RevealsAsync(_world.Wishes.ResidentId), Is.EqualTo(new[] { "serviceCode", "serviceCode", "serviceCode" }));

        var served = await _world.ServedAsync(await _world.VolunteerAsync("王芳"));
        Assert.That((await _world.Resident.ReadAsync($"/orders/{served.OrderId}/service-code")).Code, Is.EqualTo("service_code_closed"));
    }

    private static Task<Answer> ComeAsync(Neighbour neighbour, Errand errand, object body) =>
        neighbour.Client.PostAsync($"/assignments/{errand.AssignmentId}/check-in", body);

    private static Task<Answer> GoAsync(Neighbour neighbour, Errand errand, object body) =>
        neighbour.Client.PostAsync($"/assignments/{errand.AssignmentId}/check-out", body);
}
