using System.Net.Http.Headers;
using Matching.Accounts;
using Matching.Api.Tests.Wishes;

namespace Matching.Api.Tests.Partners;

/// <summary>A world with a center admin who lets platforms in.</summary>
public sealed class PartnerWorld
{
    private PartnerWorld(Service service, WishWorld wishes) => (Service, Wishes) = (service, wishes);

    public Service Service { get; }

    public WishWorld Wishes { get; }

    public World World => Wishes.World;

    public HttpClient Admin { get; private set; } = null!;

    public static async Task<PartnerWorld> CreateAsync(Service service) => await InAsync(await WishWorld.CreateAsync(service));

    /// <summary>In a world that there is already.</summary>
    public static async Task<PartnerWorld> InAsync(WishWorld wishes)
    {
        var world = new PartnerWorld(wishes.Service, wishes);
        world.Admin = wishes.Service.As(await world.World.HatAsync(Role.CenterAdmin, world.World.Center));
        return world;
    }

    /// <summary>A partner that reaches the northern institute, by itself with all scopes; its id and a client that has its key.</summary>
    public async Task<(string Id, HttpClient Client, Answer Made)> PartnerAsync(
        string name, string[]? scopes = null, int requestsAMinute = 10_000, Id? siteId = null, int? keyDays = null)
    {
        var made = (await Admin.PostAsync("/partners", new
        {
            name,
            siteIds = new[] { (siteId ?? World.NorthInstitute.Id).ToString() },
            scopes = scopes ?? ["wishesWrite", "wishesRead", "volunteersRead", "webhooks", "servicesConfirm"],
            requestsAMinute,
            keyDays,
        })).Yes();
        return ((string)made["partner"]!["id"]!, WithKey((string)made["key"]!), made);
    }

    public HttpClient WithKey(string key)
    {
        var client = Service.AsNobody();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return client;
    }

    /// <summary>A wish of somebody whom the partner describes.</summary>
    public object Wish(string reference, Id? siteId = null, string? residentReference = null, Id? menuItemId = null) => new
    {
        reference,
        words = "水龙头漏水，请人来看看",
        window = WishWorld.Tomorrow,
        menuItemId = menuItemId?.ToString(),
        resident = new
        {
            name = "陶小满",
            siteId = (siteId ?? World.NorthStation.Id).ToString(),
            reference = residentReference,
            phone = "13900000001",
            address = "和平街 3 号",
        },
    };
}
