using Matching.Accounts;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Identity;
using Matching.Orders;
using Matching.Wishes;
using Microsoft.Extensions.DependencyInjection;

namespace Matching.Api.Tests.Wishes;

/// <summary>A world with a menu, a resident at the northern station, and somebody under every hat that has to do with wishes.</summary>
public sealed class WishWorld
{
    private static readonly Sql<ResidentParameters> InsertResident = new(
        """
        INSERT INTO residents (id, version, account_id, center_id, site_id, path, name, name_sort, languages, lat, lng, accuracy_m, created_at)
        VALUES (@Id, 1, @AccountId, @CenterId, @SiteId, @Path, '陈桂香', 'chenguixiang', '', @Lat, @Lng, 30, @CreatedAt)
        """);

    private static readonly Sql<ItemParameters> InsertItem = new(
        """
        INSERT INTO menu_items (id, version, center_id, code, category, name_zh, name_en, minutes, people_wanted, people_needed, risk, urgency, mode,
            minors_allowed, needs_curation, insurance_needed, may_ask_gender, may_ask_language)
        VALUES (@Id, 1, @CenterId, @Code, 'HelpInNeed', '更换灯泡', 'Change a light bulb', 60, @Wanted, @Needed, @Risk, @Urgency, 'Wave',
            0, @NeedsCuration, 0, @MayAsk, @MayAsk)
        """);

    private static readonly Sql<ProxyParameters> InsertProxy = new(
        """
        INSERT INTO resident_proxies (resident_id, account_id, relation, granted_at, granted_by)
        VALUES (@ResidentId, @AccountId, 'Child', @At, @AccountId)
        """);


    private static readonly Sql<ById, RevealRow> Reveals = new("SELECT what FROM reveals WHERE subject_id = @Id ORDER BY id");

    private static readonly Sql<VolunteerParameters> InsertVolunteer = new(
        """
        INSERT INTO volunteers (id, version, center_id, site_id, path, status, name, name_sort, gender, id_hash_version, real_name, phone_sealed, languages,
            radius_m, max_orders_a_week, max_minutes_a_day, asked, accepted, came, on_time, no_shows, rating_sum, rating_count, served, verified_minutes,
            registered_at)
        VALUES (@Id, 1, @CenterId, @SiteId, @Path, 'Active', '王建国', 'wangjianguo', 'Male', 1, 1, @PhoneSealed, '',
            5000, 5, 480, 0, 0, 0, 0, 0, 0, 0, 0, 0, @At)
        """);

    private static readonly Sql<AssignmentParameters> InsertAssignment = new(
        """
        INSERT INTO assignments (id, version, center_id, order_id, seat_number, volunteer_id, state, holds, window_start, window_end, lat, lng, accepted_at)
        VALUES (@Id, 1, @CenterId, @OrderId, 1, @VolunteerId, 'Confirmed', 1, @At, @At, 29.3, 110.5, @At)
        """);

    private static readonly Sql<OrderParameters> SetOrder = new("UPDATE orders SET state = @State WHERE id = @Id");

    private static readonly Sql<ById, StateRow> ReadOrder = new("SELECT state FROM orders WHERE id = @Id");

    private static readonly Sql<ById, TopicRow> Topics = new("SELECT topic FROM outbox WHERE subject_id = @Id ORDER BY id");

    private readonly Dictionary<(Role, Id), HttpClient> _clients = [];

    private WishWorld(Service service, World world) => (Service, World) = (service, world);

    public Service Service { get; }

    public World World { get; }

    public Id ResidentId { get; private set; }

    public HttpClient Resident { get; private set; } = null!;

    public HttpClient Curator { get; private set; } = null!;

    public HttpClient Proxy { get; private set; } = null!;

    /// <summary>Needs no curation, low risk.</summary>
    public Id Lamp { get; private set; }

    /// <summary>Needs curation; gender and language may be asked for.</summary>
    public Id Visit { get; private set; }

    public static async Task<WishWorld> CreateAsync(Service service)
    {
        var world = new WishWorld(service, await World.CreateAsync(service));
        (world.ResidentId, world.Resident) = await world.ResidentAsync(world.World.NorthStation);
        world.Curator = await world.AsAsync(Role.Curator, world.World.NorthStation);
        world.Proxy = await world.AsAsync(Role.Proxy, world.World.NorthStation);
        world.Lamp = await world.ItemAsync(needsCuration: false);
        world.Visit = await world.ItemAsync(needsCuration: true, mayAsk: true);
        return world;
    }

    /// <summary>A client under a new hat.</summary>
    public async Task<HttpClient> AsAsync(Role role, World.Place site) => Service.As(await World.HatAsync(role, site));

    /// <summary>The one curator of a site, made when first asked for.</summary>
    public async Task<HttpClient> TheAsync(Role role, World.Place site)
    {
        if (!_clients.TryGetValue((role, site.Id), out var client))
        {
            _clients[(role, site.Id)] = client = await AsAsync(role, site);
        }

        return client;
    }

    /// <summary>A resident with an account and a hat of her own.</summary>
    public async Task<(Id Id, HttpClient Client)> ResidentAsync(World.Place station)
    {
        var id = Service.Ids.Next(IdKind.Resident);
        var hat = await World.HatAsync(Role.Resident, null, id);
        await Service.Database.WriteAsync(
            tx => tx.ExecuteAsync(InsertResident, new ResidentParameters(
                id, hat.AccountId, station.CenterId, station.Id, station.Path, station.Lat + 0.001, station.Lng + 0.001, Service.Friday)),
            CancellationToken.None);
        return (id, Service.As(hat));
    }

    /// <summary>A grant to ask for a resident.</summary>
    public Task GrantAsync(Id residentId, Id accountId) => Service.Database.WriteAsync(
        tx => tx.ExecuteAsync(InsertProxy, new ProxyParameters(residentId, accountId, Service.Friday)), CancellationToken.None);

    public async Task<Id> ItemAsync(
        bool needsCuration, bool mayAsk = false, Risk risk = Risk.Low, Urgency urgency = Urgency.Normal, World.Place? center = null,
        int wanted = 1, int needed = 1)
    {
        var id = Service.Ids.Next(IdKind.MenuItem);
        await Service.Database.WriteAsync(
            tx => tx.ExecuteAsync(InsertItem, new ItemParameters(
                id, (center ?? World.Center).Id, id.ToString(), risk.ToString(), urgency.ToString(), needsCuration, mayAsk, wanted, needed)),
            CancellationToken.None);
        return id;
    }

    /// <summary>A wish as the resident would put it, for tomorrow from four to six.</summary>
    public static object Words(string words = "客厅的灯坏了", Id? menuItemId = null, Id? residentId = null, string? urgency = null) => new
    {
        words,
        window = Tomorrow,
        menuItemId = menuItemId?.ToString(),
        residentId = residentId?.ToString(),
        urgency,
    };

    public static object Tomorrow { get; } = new { start = "2026-05-09T16:00:00+08:00", end = "2026-05-09T18:00:00+08:00" };

    /// <summary>A wish of the resident's, Submitted.</summary>
    public async Task<string> SubmitAsync(Id? menuItemId = null) => (string)(await Resident.PostAsync("/wishes", Words(menuItemId: menuItemId))).Yes()["id"]!;

    /// <summary>A deed done to a wish.</summary>
    public static Task<Answer> DoAsync(HttpClient client, string wishId, string deed, object? body = null, string? key = null) =>
        client.PostAsync($"/wishes/{wishId}/{deed}", body ?? new { }, key);

    /// <summary>A wish that the curator has taken up.</summary>
    public async Task<string> ClaimedAsync(Id? menuItemId = null)
    {
        var id = await SubmitAsync(menuItemId);
        (await DoAsync(Curator, id, "claim")).Yes();
        return id;
    }

    public async Task<string> StateAsync(string wishId) => (string)(await Resident.ReadAsync($"/wishes/{wishId}")).Yes()["state"]!;

    /// <summary>What was shown of a person.</summary>
    public async Task<IReadOnlyList<string>> RevealsAsync(Id subjectId) =>
        [.. (await Service.Database.ListAsync(Reveals, new ById(subjectId))).Select(row => row.What)];

    /// <summary>An order's state set by hand, where a test is about what the wish makes of it.</summary>
    public Task OrderStandsAsync(string orderId, OrderState state) => Service.Database.WriteAsync(
        tx => tx.ExecuteAsync(SetOrder, new OrderParameters(Id.ParseOrNone(orderId), state.ToString())), CancellationToken.None);

    public async Task<string> StateOfOrderAsync(string orderId) =>
        (await Service.Database.FirstAsync(ReadOrder, new ById(Id.ParseOrNone(orderId))))!.State;

    /// <summary>A volunteer who has accepted an order.</summary>
    public async Task<Id> AcceptedAsync(string orderId)
    {
        var station = World.NorthStation;
        var volunteerId = Service.Ids.Next(IdKind.Volunteer);
        var phone = Service.Services.GetRequiredService<Vault>().Seal("+8613812345678");
        await Service.Database.WriteAsync(
            async tx =>
            {
                await tx.ExecuteAsync(InsertVolunteer, new VolunteerParameters(volunteerId, station.CenterId, station.Id, station.Path, phone, Service.Friday));
                await tx.ExecuteAsync(InsertAssignment, new AssignmentParameters(
                    Service.Ids.Next(IdKind.Assignment), station.CenterId, Id.ParseOrNone(orderId), volunteerId, Service.Friday));
            },
            CancellationToken.None);
        await OrderStandsAsync(orderId, OrderState.Accepted);
        return volunteerId;
    }

    /// <summary>What an account was told of a subject.</summary>
    public async Task<IReadOnlyList<string>> ToldAsync(string subjectId) =>
        [.. (await Service.Database.ListAsync(Topics, new ById(Id.ParseOrNone(subjectId)))).Select(row => row.Topic)];

    private sealed record VolunteerParameters(Id Id, Id CenterId, Id SiteId, string Path, string PhoneSealed, DateTimeOffset At);

    private sealed record AssignmentParameters(Id Id, Id CenterId, Id OrderId, Id VolunteerId, DateTimeOffset At);

    private sealed record OrderParameters(Id Id, string State);

    private sealed record StateRow
    {
        public string State { get; init; } = "";
    }

    private sealed record TopicRow
    {
        public string Topic { get; init; } = "";
    }

    private sealed record RevealRow
    {
        public string What { get; init; } = "";
    }

    private sealed record ResidentParameters(
        Id Id, Id AccountId, Id CenterId, Id SiteId, string Path, double Lat, double Lng, DateTimeOffset CreatedAt);

    private sealed record ItemParameters(Id Id, Id CenterId, string Code, string Risk, string Urgency, bool NeedsCuration, bool MayAsk, int Wanted, int Needed);

    private sealed record ProxyParameters(Id ResidentId, Id AccountId, DateTimeOffset At);

}
