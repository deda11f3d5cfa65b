using Matching.Accounts;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Identity;
using Matching.Api.Tests.Wishes;
using Matching.Api.Volunteers;
using Matching.Invariants;
using Microsoft.Extensions.DependencyInjection;

namespace Matching.Api.Tests.Serving;

/// <summary>A world in which orders are served: a resident with a phone, volunteers around the corner, and staff above.</summary>
public sealed class ServingWorld
{
    /// <summary>The planned start and end of all that is asked for here.</summary>
    public static readonly DateTimeOffset Start = new(2026, 5, 9, 16, 0, 0, TimeSpan.FromHours(8));

    public static readonly DateTimeOffset End = Start.AddHours(2);

    private static readonly Sql<VolunteerParameters> InsertVolunteer = new(
        """
        INSERT INTO volunteers (id, version, account_id, center_id, site_id, path, status, name, name_sort, gender, born_on, id_hash_version, real_name,
            languages, radius_m, max_orders_a_week, max_minutes_a_day, asked, accepted, came, on_time, no_shows, rating_sum, rating_count, served,
            verified_minutes, registered_at)
        VALUES (@Id, 1, @AccountId, @CenterId, @SiteId, @Path, 'Active', @Name, @Name, 'Female', '1980-01-01', 1, 1,
            '', 50000, 100, 1440, 0, 0, 0, 0, 0, 0, 0, 0, 0, @At)
        """);

    private static readonly Sql<VolunteerParameters> InsertPlace = new(
        "INSERT INTO volunteer_places (volunteer_id, number, lat, lng, accuracy_m) VALUES (@Id, 1, @Lat, @Lng, 20)");

    private static readonly Sql<VolunteerParameters> InsertSlot = new(
        "INSERT INTO volunteer_slots (volunteer_id, from_minute, to_minute) VALUES (@Id, 0, 10080)");

    private static readonly Sql<PhoneParameters> SetPhone = new(
        "UPDATE residents SET phone_sealed = @Phone, address_sealed = @Address, version = version + 1 WHERE id = @Id");

    private static readonly Sql<PeopleParameters> SetPeople = new("UPDATE menu_items SET people_wanted = @Wanted, people_needed = @Needed, minutes = @Minutes WHERE id = @Id");

    private static readonly Sql<ById, TopicRow> Topics = new("SELECT topic, account_id FROM outbox WHERE subject_id = @Id ORDER BY id");

    private ServingWorld(WishWorld wishes) => Wishes = wishes;

    public WishWorld Wishes { get; }

    public Service Service => Wishes.Service;

    public World World => Wishes.World;

    public HttpClient Resident => Wishes.Resident;

    public HttpClient Clerk { get; private set; } = null!;

    public HttpClient SiteAdmin { get; private set; } = null!;

    public HttpClient Center { get; private set; } = null!;

    public static async Task<ServingWorld> CreateAsync(Service service)
    {
        var world = new ServingWorld(await WishWorld.CreateAsync(service));
        var vault = service.Services.GetRequiredService<Vault>();
        await service.Database.WriteAsync(
            tx => tx.ExecuteAsync(SetPhone, new PhoneParameters(world.Wishes.ResidentId, vault.Seal("+8613912345678"), vault.Seal("北一社区 3 栋 201"))),
            CancellationToken.None);
        world.Clerk = await world.Wishes.AsAsync(Role.Dispatcher, world.World.NorthStation);
        world.SiteAdmin = await world.Wishes.AsAsync(Role.SiteAdmin, world.World.NorthStation);
        world.Center = await world.Wishes.AsAsync(Role.CenterAdmin, world.World.Center);
        return world;
    }

    /// <summary>An active volunteer who lives at a station and always has time.</summary>
    public async Task<Neighbour> VolunteerAsync(string name = "李明", World.Place? at = null)
    {
        var id = Service.Ids.Next(IdKind.Volunteer);
        var home = at ?? World.NorthStation;
        var hat = await World.HatAsync(Role.Volunteer, null, id);
        var row = new VolunteerParameters(id, hat.AccountId, home.CenterId, home.Id, home.Path, name, home.Lat, home.Lng, Service.Friday);
        await Service.Database.WriteAsync(
            async tx =>
            {
                await tx.ExecuteAsync(InsertVolunteer, row);
                await tx.ExecuteAsync(InsertPlace, row);
                await tx.ExecuteAsync(InsertSlot, row);
                await Service.Services.GetRequiredService<VolunteerStore>().TouchAsync(tx, id);
            },
            CancellationToken.None);
        return new Neighbour(id, hat, Service.As(hat));
    }

    /// <summary>An item of the menu for so many people and minutes, without curation.</summary>
    public async Task<Id> ItemAsync(int people = 1, int minutes = 60, int? needed = null)
    {
        var id = await Wishes.ItemAsync(needsCuration: false);
        await Service.Database.WriteAsync(
            tx => tx.ExecuteAsync(SetPeople, new PeopleParameters(id, people, needed ?? people, minutes)), CancellationToken.None);
        return id;
    }

    /// <summary>An order of the resident's that these volunteers, and nobody else, have accepted.</summary>
    public async Task<Errand> AcceptedAsync(Id item, params Neighbour[] neighbours)
    {
        var made = (await Resident.PostAsync("/wishes", WishWorld.Words(menuItemId: item))).Yes();
        return await AcceptAsync(made, neighbours);
    }

    /// <summary>The same for a longer window.</summary>
    public async Task<Errand> AcceptedAsync(Id item, DateTimeOffset start, DateTimeOffset end, params Neighbour[] neighbours)
    {
        var made = (await Resident.PostAsync("/wishes", new { words = "帮忙", window = new { start, end }, menuItemId = item.ToString() })).Yes();
        return await AcceptAsync(made, neighbours);
    }

    /// <summary>Accepted by a new volunteer, whose part is already over: checked in at the start and out an hour later, both by the code.</summary>
    public async Task<Errand> ServedAsync(Neighbour neighbour, Id? item = null)
    {
        var errand = await AcceptedAsync(item ?? await ItemAsync(), neighbour);
        await Service.UntilAsync(Start);
        var code = await CodeAsync(errand.OrderId);
        (await neighbour.Client.PostAsync($"/assignments/{errand.AssignmentIds[0]}/check-in", new { serviceCode = code })).Yes();
        await Service.UntilAsync(Start.AddHours(1));
        (await neighbour.Client.PostAsync($"/assignments/{errand.AssignmentIds[0]}/check-out", new { serviceCode = code })).Yes();
        return errand;
    }

    public async Task<string> CodeAsync(string orderId) => (string)(await Resident.ReadAsync($"/orders/{orderId}/service-code")).Yes()["serviceCode"]!;

    public async Task<string> StateAsync(Errand errand) => (string)(await Center.ReadAsync($"/orders/{errand.OrderId}/service")).Yes()["state"]!;

    /// <summary>What was left for an account (or for anybody) about a subject.</summary>
    public async Task<IReadOnlyList<string>> ToldAsync(string subjectId) =>
        [.. (await Service.Database.ListAsync(Topics, new ById(Id.ParseOrNone(subjectId)))).Select(row => row.Topic)];

    /// <summary>Whatever happened, what must always be true is.</summary>
    public async Task HoldsAsync()
    {
        await Service.SettleAsync();
        Assert.That(InvariantCheck.Run(Service.DatabaseFile).Broken.Select(finding => finding.ToString()), Is.Empty);
    }

    private async Task<Errand> AcceptAsync(Answer made, Neighbour[] neighbours)
    {
        var orderId = (string)made["orderIds"]![0]!;
        await Service.SettleAsync();
        var assignments = new List<string>();
        foreach (var neighbour in neighbours)
        {
            var offers = (await neighbour.Client.ReadAsync("/me/offers?open=true")).Yes()["items"]!.AsArray();
            var offer = offers.Single(offer => (string?)offer!["orderId"] == orderId)!;
            var accepted = (await neighbour.Client.PostAsync($"/offers/{offer["id"]}/accept", new { })).Yes();
            assignments.Add((string)accepted["assignmentIds"]![0]!);
        }

        return new Errand((string)made["id"]!, orderId, assignments);
    }

    private sealed record VolunteerParameters(
        Id Id, Id AccountId, Id CenterId, Id SiteId, string Path, string Name, double Lat, double Lng, DateTimeOffset At);

    private sealed record PhoneParameters(Id Id, string Phone, string Address);

    private sealed record PeopleParameters(Id Id, int Wanted, int Needed, int Minutes);

    private sealed record TopicRow
    {
        public string Topic { get; init; } = "";

        public Id? AccountId { get; init; }
    }
}

/// <summary>A volunteer and how to be her.</summary>
public sealed record Neighbour(Id Id, Hat Hat, HttpClient Client);

/// <summary>A wish, its order, and who has it.</summary>
public sealed record Errand(string WishId, string OrderId, IReadOnlyList<string> AssignmentIds)
{
    public string AssignmentId => AssignmentIds[0];
}
