using System.Security.Cryptography;
using System.Text;
using Matching.Api.Plumbing.Clocks;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Identity;
using Matching.Sites;
using Matching.Webhooks;

namespace Matching.Api.Webhooks;

/// <summary>Webhooks: where to call, about what, signed with which secret.</summary>
public sealed class WebhookStore(Database database, Vault vault, Ids ids, MachineClock clock)
{
    private const string Columns =
        """
        SELECT h.id, h.version, h.partner_id, h.url, h.types, h.secret_sealed, h.old_secret_sealed, h.old_secret_until, h.state, h.disabled_why, h.feed_place,
            h.failing_since, h.last_success_at, h.created_at, h.disabled_at, p.scopes, p.name AS partner_name, p.ended_at AS partner_ended_at
        FROM webhooks h INNER JOIN partners p ON p.id = h.partner_id
        """;

    private static readonly Sql<ById, WebhookRow> Find = new($"{Columns} WHERE h.id = @Id");

    private static readonly Sql<TheirsQuery, WebhookRow> FindTheirs = new($"{Columns} WHERE h.id = @Id AND h.partner_id = @PartnerId AND h.state <> 'Ended'");

    private static readonly Sql<ById, WebhookRow> OfPartner = new($"{Columns} WHERE h.partner_id = @Id AND h.state <> 'Ended' ORDER BY h.id");

    private static readonly Sql<ReachQuery, WebhookRow> InReach = new(
        $"{Columns} INNER JOIN sites c ON c.id = p.center_id WHERE c.path >= @From AND c.path < @To AND h.state <> 'Ended' ORDER BY h.id");

    private static readonly Sql<OneInReachQuery, WebhookRow> FindInReach = new(
        $"{Columns} INNER JOIN sites c ON c.id = p.center_id WHERE h.id = @Id AND c.path >= @From AND c.path < @To AND h.state <> 'Ended'");

    private static readonly Sql<Nothing, WebhookRow> Active = new($"{Columns} WHERE h.state = 'Active' ORDER BY h.id");

    private static readonly Sql<NewWebhook> Insert = new(
        """
        INSERT INTO webhooks (id, version, serial, partner_id, url, url_hash, types, secret_sealed, state, feed_place, created_at)
        VALUES (@Id, 1, 0, @PartnerId, @Url, @UrlHash, @Types, @SecretSealed, 'Active', @FeedPlace, @CreatedAt)
        """);

    private static readonly Sql<ChangedWebhook> Update = new(
        """
        UPDATE webhooks SET url = @Url, url_hash = @UrlHash, types = @Types, state = @State, disabled_why = @DisabledWhy, feed_place = @FeedPlace, failing_since = @FailingSince,
            disabled_at = @DisabledAt, version = version + 1
        WHERE id = @Id AND version = @Version
        """);

    private static readonly Sql<NewSecret> SetSecret = new(
        """
        UPDATE webhooks SET old_secret_sealed = secret_sealed, old_secret_until = @OldUntil, secret_sealed = @SecretSealed, version = version + 1
        WHERE id = @Id
        """);

    private static readonly Sql<StateChange> End = new("UPDATE webhooks SET state = 'Ended', disabled_at = @Now, version = version + 1 WHERE id = @Id");

    private static readonly Sql<ById> Hold = new("UPDATE webhooks SET serial = serial + 1 WHERE id = @Id");

    private static readonly Sql<StateChange> Worked = new("UPDATE webhooks SET failing_since = NULL, last_success_at = @Now WHERE id = @Id");

    private static readonly Sql<StateChange> Failed = new("UPDATE webhooks SET failing_since = @Now WHERE id = @Id AND failing_since IS NULL");

    private static readonly Sql<Disabling> SetDisabled = new(
        "UPDATE webhooks SET state = 'Disabled', disabled_why = @DisabledWhy, disabled_at = @Now, version = version + 1 WHERE id = @Id AND state = 'Active'");

    private static readonly Sql<PlaceQuery, PlaceRow> Place = new("SELECT place FROM webhook_places WHERE id = @Number");

    private static readonly Sql<FirstPlace> MakePlace = new(
        "INSERT INTO webhook_places (id, place) SELECT 1, @Place WHERE NOT EXISTS (SELECT 1 FROM webhook_places WHERE id = 1)");

    private static readonly Sql<FirstPlace> SkipTo = new(
        "UPDATE webhook_places SET place = @Place WHERE id = 1 AND place < @Place AND NOT EXISTS (SELECT 1 FROM webhooks WHERE state = 'Active')");

    private static readonly Sql<NextPlace> MovePlace = new("UPDATE webhook_places SET place = @Place WHERE id = 1 AND place = @Was");

    public Task<WebhookRow?> FindAsync(IRows rows, Id id) => rows.FirstAsync(Find, new ById(id));

    /// <summary>A webhook of the partner's that has not ended; any other is unknown.</summary>
    public Task<WebhookRow?> FindTheirsAsync(IRows rows, Caller caller, Id id) => rows.FirstAsync(FindTheirs, new TheirsQuery(id, caller.Partner!.Id));

    public Task<List<WebhookRow>> OfPartnerAsync(IRows rows, Id partnerId) => rows.ListAsync(OfPartner, new ById(partnerId));

    /// <summary>Those of the partners of centers within a staff member's reach.</summary>
    public Task<List<WebhookRow>> InReachAsync(Reach reach) => database.ListAsync(InReach, new ReachQuery(reach.From, reach.To));

    public Task<WebhookRow?> FindInReachAsync(IRows rows, Reach reach, Id id) => rows.FirstAsync(FindInReach, new OneInReachQuery(id, reach.From, reach.To));

    public Task<List<WebhookRow>> ActiveAsync() => database.ListAsync(Active, Nothing.It);

    /// <summary>
    /// A new webhook, told of what comes after a place in the feed, and its secret, which nobody can show again. An address that the partner has already throws
    /// <see cref="SomebodyWasFirstException"/>.
    /// </summary>
    public async Task<(WebhookRow Webhook, string Secret)> AddAsync(Transaction tx, Id partnerId, string url, IEnumerable<string> types, long place)
    {
        await BeginAtAsync(tx, place);
        var id = ids.Next(IdKind.Webhook);
        var secret = WebhookSecret.Make();
        await tx.ExecuteAsync(Insert, new NewWebhook(id, partnerId, url, HashOf(url), Join(types), vault.Seal(secret), place, clock.Now));
        return ((await FindAsync(tx, id))!, secret);
    }

    /// <summary>While nobody was called the feed was not read; nobody wants to be told of what was before.</summary>
    public async Task BeginAtAsync(Transaction tx, long place)
    {
        await tx.ExecuteAsync(MakePlace, new FirstPlace(place));
        await tx.ExecuteAsync(SkipTo, new FirstPlace(place));
    }

    /// <summary>False when somebody else changed it meanwhile.</summary>
    public async Task<bool> UpdateAsync(Transaction tx, WebhookRow webhook, int version) => await tx.ExecuteAsync(Update, new ChangedWebhook(
        webhook.Id, version, webhook.Url, HashOf(webhook.Url), webhook.Types, webhook.State.ToString(), webhook.DisabledWhy, webhook.FeedPlace, webhook.FailingSince,
        webhook.DisabledAt)) == 1;

    /// <summary>A new secret; deliveries are signed with both until the old one's time is up.</summary>
    public async Task<string> ChangeSecretAsync(Transaction tx, Id id, TimeSpan overlap)
    {
        var secret = WebhookSecret.Make();
        await tx.ExecuteAsync(SetSecret, new NewSecret(id, vault.Seal(secret), clock.Now + overlap));
        return secret;
    }

    public Task EndAsync(Transaction tx, Id id) => tx.ExecuteAsync(End, new StateChange(id, clock.Now));

    /// <summary>Whoever else sets this webhook's deliveries in order waits until the transaction is over.</summary>
    public Task HoldAsync(Transaction tx, Id id) => tx.ExecuteAsync(Hold, new ById(id));

    public Task WorkedAsync(Transaction tx, Id id) => tx.ExecuteAsync(Worked, new StateChange(id, clock.Now));

    public Task FailedAsync(Transaction tx, Id id) => tx.ExecuteAsync(Failed, new StateChange(id, clock.Now));

    /// <summary>False when it was not active any more.</summary>
    public async Task<bool> DisableAsync(Transaction tx, Id id, string why) => await tx.ExecuteAsync(SetDisabled, new Disabling(id, why, clock.Now)) == 1;

    /// <summary>The secrets that sign now, the newest first.</summary>
    public IReadOnlyList<string> SecretsOf(WebhookRow webhook) =>
        webhook is { OldSecretSealed: { } old, OldSecretUntil: { } until } && until > clock.Now
            ? [vault.Open(webhook.SecretSealed), vault.Open(old)]
            : [vault.Open(webhook.SecretSealed)];

    /// <summary>How far the feed has been turned into deliveries; null before there was any webhook.</summary>
    public async Task<long?> PlaceAsync() => (await database.FirstAsync(Place, new PlaceQuery(1)))?.Place;

    /// <summary>False when another process has turned this stretch.</summary>
    public async Task<bool> MovePlaceAsync(Transaction tx, long was, long place) => await tx.ExecuteAsync(MovePlace, new NextPlace(place, was)) == 1;

    public static string Join(IEnumerable<string> types) => string.Join(',', types.Distinct());

    private static byte[] HashOf(string url) => SHA256.HashData(Encoding.UTF8.GetBytes(url));

    private sealed record ReachQuery(string From, string To);

    private sealed record OneInReachQuery(Id Id, string From, string To);

    private sealed record TheirsQuery(Id Id, Id PartnerId);

    private sealed record NewWebhook(
        Id Id, Id PartnerId, string Url, byte[] UrlHash, string Types, string SecretSealed, long FeedPlace, DateTimeOffset CreatedAt);

    private sealed record ChangedWebhook(
        Id Id, int Version, string Url, byte[] UrlHash, string Types, string State, string? DisabledWhy, long FeedPlace, DateTimeOffset? FailingSince,
        DateTimeOffset? DisabledAt);

    private sealed record NewSecret(Id Id, string SecretSealed, DateTimeOffset OldUntil);

    private sealed record StateChange(Id Id, DateTimeOffset Now);

    private sealed record Disabling(Id Id, string DisabledWhy, DateTimeOffset Now);

    private sealed record PlaceQuery(int Number);

    private sealed record FirstPlace(long Place);

    private sealed record NextPlace(long Place, long Was);

    private sealed record PlaceRow
    {
        public long Place { get; init; }
    }
}
