using System.Text.Json.Nodes;
using Matching.Accounts;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Identity;
using Matching.Api.Plumbing.Outbox;
using Matching.Api.Tests.Accounts;
using Matching.Api.Tests.Serving;
using Matching.Api.Tests.WeChat;
using Matching.Api.WeChat;
using Matching.Api.Tests.Wishes;
using Matching.Messages;
using Microsoft.Extensions.DependencyInjection;

namespace Matching.Api.Tests.Messages;

/// <summary>A world in which messages go out: a volunteer whom WeChat or a phone may reach, a wish that becomes her offer, and what the carriers were given.</summary>
public sealed class MessageWorld : IAsyncDisposable
{
    private static readonly Sql<ById, MessageNow> MessagesAbout = new(
        "SELECT id, topic, state, carrier, tries FROM messages WHERE subject_id = @Id ORDER BY id");

    private readonly string _folder = Directory.CreateTempSubdirectory("matching-sms-").FullName;
    private int _people;

    private MessageWorld(FakeWeChat weChat) => WeChat = weChat;

    public FakeWeChat WeChat { get; }

    public Service Service { get; private set; } = null!;

    public ServingWorld World { get; private set; } = null!;

    public string SmsFile => Path.Combine(_folder, "sms.jsonl");

    public static async Task<MessageWorld> CreateAsync(params (string Key, string Value)[] settings)
    {
        var world = new MessageWorld(await FakeWeChat.StartAsync());
        world.Service = await Service.StartAsync([.. world.WeChat.Settings, ("Messages:Carry", "true"), ("Messages:SmsFile", world.SmsFile), .. settings]);
        world.World = await ServingWorld.CreateAsync(world.Service);
        return world;
    }

    public async ValueTask DisposeAsync()
    {
        await Service.DisposeAsync();
        await WeChat.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>A volunteer with a phone of her own, or none; in the mini-program, where so many offers may be sent to her, or not in it.</summary>
    public async Task<Neighbour> VolunteerAsync(string? phone, int? allowed = null)
    {
        var she = await World.VolunteerAsync();
        if (phone is not null)
        {
            await GivePhoneAsync(she.Hat.AccountId, phone);
        }

        if (allowed is { } number)
        {
            var login = $"login-{++_people}";
            WeChat.Logins[login] = $"open-{phone}";
            WeChat.Phones[login] = phone!;
            (await Service.TokensAsync(new { grant = "weChat", weChatCode = login, weChatPhoneCode = login })).Yes();
            WeChat.Allowed[$"open-{phone}"] = number;
            for (var i = 0; i < number; i++)
            {
                await AllowAsync(she);
            }
        }

        return she;
    }

    public Task GivePhoneAsync(Id account, string phone) => Phones.GiveAsync(Service, account, phone);

    /// <summary>She presses "allow" once; how many are left of offers then.</summary>
    public async Task<int> AllowAsync(Neighbour she) =>
        (int)(await she.Client.PostAsync("/me/wechat/allowances", new { topics = new[] { "offer.sent" } })).Yes()["left"]!["offer.sent"]!;

    /// <summary>How many offers may be sent to her, by our books.</summary>
    public async Task<int> LeftAsync(Neighbour she) =>
        (await Service.Services.GetRequiredService<WeChatStore>().AllowancesAsync(Service.Database, she.Hat.AccountId)).GetValueOrDefault("offer.sent");

    /// <summary>A team of theirs; the first leads it.</summary>
    public async Task<string> TeamAsync(params Neighbour[] members)
    {
        var id = (string)(await World.SiteAdmin.PostAsync(
            "/teams", new { name = "暖心队", category = "helpInNeed", siteId = World.World.NorthStation.Id.ToString(), emergency = false })).Yes()["id"]!;
        foreach (var member in members)
        {
            (await World.SiteAdmin.PostAsync($"/teams/{id}/members", new { volunteerId = member.Id.ToString() })).Yes();
        }

        (await World.SiteAdmin.AskAsync(HttpMethod.Patch, $"/teams/{id}", new { captainId = members[0].Id.ToString() }, ifMatch: 1 + members.Length)).Yes();
        return id;
    }

    /// <summary>A wish that becomes an order at once; its order, and the offer that goes to the only volunteer there is.</summary>
    public async Task<(string Order, string Offer)> OfferAsync(string? urgency = null, int wanted = 1)
    {
        var item = await World.ItemAsync(wanted);
        var words = WishWorld.Words(menuItemId: item, residentId: World.Wishes.ResidentId, urgency: urgency);
        var order = (string)(await World.Wishes.Proxy.PostAsync("/wishes", words)).Yes()["orderIds"]![0]!;
        await Service.SettleAsync();
        return (order, (await OffersAsync(order)).Last());
    }

    /// <summary>The offers of an order, in the order in which they were made.</summary>
    public async Task<IReadOnlyList<string>> OffersAsync(string order) =>
    [
        .. (await World.Center.ReadAsync($"/changes?after={Api.Plumbing.Http.Cursor.Make("changes", "0")}")).Yes()["items"]!.AsArray()
            .Where(item => (string?)item!["type"] == "offer.pending" && (string?)item["orderId"] == order)
            .Select(item => (string)item!["subjectId"]!),
    ];

    public async Task TellAsync(string topic, Id subject, Id center, Id account)
    {
        var outbox = Service.Services.GetRequiredService<OutboxStore>();
        await Service.Database.WriteAsync(tx => outbox.AddAsync(tx, topic, subject, center, account, new { }), CancellationToken.None);
        await Service.SettleAsync();
    }

    public Task<List<MessageNow>> MessagesAsync(string subject) => Service.Database.ListAsync(MessagesAbout, new ById(Id.ParseOrNone(subject)));

    /// <summary>What was written into the file of short messages.</summary>
    public IReadOnlyList<JsonNode> Sms() => File.Exists(SmsFile) ? [.. File.ReadAllLines(SmsFile).Select(line => JsonNode.Parse(line)!)] : [];

    /// <summary>Those of it with these words.</summary>
    public IReadOnlyList<JsonNode> Sms(string words) => [.. Sms().Where(sms => ((string)sms["text"]!).Contains(words, StringComparison.Ordinal))];
}

/// <summary>Where a message stands.</summary>
public sealed record MessageNow
{
    public Id Id { get; init; }

    public string Topic { get; init; } = "";

    public string State { get; init; } = "";

    public Carrier? Carrier { get; init; }

    public int Tries { get; init; }
}
