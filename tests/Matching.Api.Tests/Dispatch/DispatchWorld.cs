using Matching.Accounts;
using Matching.Api.Orders;
using Matching.Api.Plumbing.Database;
using Matching.Api.Tests.Wishes;
using Matching.Api.Volunteers;
using Matching.Orders;
using Matching.Wishes;
using Microsoft.Extensions.DependencyInjection;

namespace Matching.Api.Tests.Dispatch;

/// <summary>A world in which volunteers live around the stations and wishes become orders.</summary>
public sealed class DispatchWorld
{
    private static readonly Sql<VolunteerParameters> InsertVolunteer = new(
        """
        INSERT INTO volunteers (id, version, account_id, center_id, site_id, path, status, name, name_sort, gender, born_on, id_hash_version, real_name,
            languages, radius_m, max_orders_a_week, max_minutes_a_day, asked, accepted, came, on_time, no_shows, rating_sum, rating_count, served,
            verified_minutes, registered_at)
        VALUES (@Id, 1, @AccountId, @CenterId, @SiteId, @Path, 'Active', '李志愿', 'lizhiyuan', 'Female', '1980-03-05', 1, 1,
            '', 20000, 20, 600, 0, 0, 0, 0, 0, 0, 0, 0, 0, @RegisteredAt)
        """);

    private static readonly Sql<PlaceParameters> InsertPlace = new(
        "INSERT INTO volunteer_places (volunteer_id, number, lat, lng, accuracy_m) VALUES (@VolunteerId, 1, @Lat, @Lng, 50)");

    private static readonly Sql<SlotParameters> InsertSlot = new(
        "INSERT INTO volunteer_slots (volunteer_id, from_minute, to_minute) VALUES (@VolunteerId, @FromMinute, @ToMinute)");

    private static readonly Sql<ById> Leave = new("UPDATE volunteers SET status = 'Left' WHERE id = @Id");

    private DispatchWorld(Service service, WishWorld wishes) => (Service, Wishes) = (service, wishes);

    public Service Service { get; }

    public WishWorld Wishes { get; }

    public World World => Wishes.World;

    public HttpClient Dispatcher { get; private set; } = null!;

    public OrderStore Orders => Service.Services.GetRequiredService<OrderStore>();

    public static async Task<DispatchWorld> CreateAsync(Service service)
    {
        var world = new DispatchWorld(service, await WishWorld.CreateAsync(service));
        world.Dispatcher = await world.Wishes.AsAsync(Role.Dispatcher, world.World.Center);
        return world;
    }

    /// <summary>A volunteer who is always free and lives so many metres north of a site.</summary>
    public async Task<Helper> VolunteerAsync(World.Place site, double metresNorth = 100)
    {
        var id = Service.Ids.Next(IdKind.Volunteer);
        var hat = await World.HatAsync(Role.Volunteer, null, id);
        await Service.Database.WriteAsync(
            async tx =>
            {
                await tx.ExecuteAsync(InsertVolunteer, new VolunteerParameters(id, hat.AccountId, site.CenterId, site.Id, site.Path, Service.Friday.AddYears(-1)));
                await tx.ExecuteAsync(InsertPlace, new PlaceParameters(id, site.Lat + (metresNorth / 111_195), site.Lng));
                await tx.ExecuteAsync(InsertSlot, new SlotParameters(id, 0, 7 * 24 * 60));
                await Service.Services.GetRequiredService<VolunteerStore>().TouchAsync(tx, id);
            },
            CancellationToken.None);
        return new Helper(id, hat, Service.As(hat));
    }

    /// <summary>An order for tomorrow from four to six, made of a resident's wish that needs no curation.</summary>
    public async Task<string> OrderAsync(Urgency urgency = Urgency.Normal, int wanted = 1, int needed = 1, Risk risk = Risk.Low)
    {
        var item = await Wishes.ItemAsync(needsCuration: false, urgency: urgency, risk: risk, wanted: wanted, needed: needed);
        var wish = (await Wishes.Resident.PostAsync("/wishes", WishWorld.Words(menuItemId: item))).Yes();
        return (string)wish["orderIds"]![0]!;
    }

    public async Task<OrderRow> FindAsync(string orderId) => (await Orders.FindAsync(Id.ParseOrNone(orderId)))!;

    /// <summary>The offer that somebody can answer now for an order; null when there is none.</summary>
    public static async Task<string?> OfferAsync(Helper helper, string orderId)
    {
        var offers = (await helper.Client.ReadAsync("/me/offers?open=true")).Yes()["items"]!.AsArray();
        return (string?)offers.FirstOrDefault(offer => (string?)offer!["orderId"] == orderId)?["id"];
    }

    public async Task<Answer> AcceptAsync(Helper helper, string orderId) =>
        await helper.Client.PostAsync($"/offers/{await OfferAsync(helper, orderId)}/accept", new { });

    /// <summary>Out of the way of whoever comes next.</summary>
    public Task LeaveAsync(Helper volunteer) => Service.Database.WriteAsync(
        async tx =>
        {
            await tx.ExecuteAsync(Leave, new ById(volunteer.Id));
            await Service.Services.GetRequiredService<VolunteerStore>().TouchAsync(tx, volunteer.Id);
        },
        CancellationToken.None);

    private sealed record VolunteerParameters(Id Id, Id AccountId, Id CenterId, Id SiteId, string Path, DateTimeOffset RegisteredAt);

    private sealed record PlaceParameters(Id VolunteerId, double Lat, double Lng);

    private sealed record SlotParameters(Id VolunteerId, int FromMinute, int ToMinute);
}

/// <summary>A volunteer of a test, signed in.</summary>
public sealed record Helper(Id Id, Hat Hat, HttpClient Client);
