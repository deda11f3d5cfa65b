using System.Text.Json;
using Matching.Api.Plumbing.Http;
using Matching.Changes;
using Matching.Webhooks;

namespace Matching.Api.Webhooks;

/// <summary>The bodies of what is delivered: CloudEvents 1.0, in ids, states and the partner's own references.</summary>
public static class WebhookEvent
{
    public const string DeadLettered = "webhook.deadLettered" + EventTypes.Version;

    public const string Test = "webhook.test" + EventTypes.Version;

    private const string Source = "/api/v1";

    public static string OfChange(Change change, Viewer viewer) => Body(change.Id, change.Type + EventTypes.Version, change.SubjectId, change.At, new
    {
        from = Word(change.From),
        to = Word(change.To),
        orderId = change.OrderId.IsNone ? (Id?)null : change.OrderId,
        wishes = viewer.WishesOf(change).Select(wish => new { id = wish.WishId, reference = wish.Reference }),
    });

    /// <summary>Another event was given up after three days.</summary>
    public static string OfDead(DeliveryRow dead, DateTimeOffset now) =>
        Body(dead.Id, DeadLettered, dead.Id, now, new { deliveryId = dead.Id, eventId = dead.EventId, type = dead.Type, subject = dead.SubjectId, tries = dead.Tries });

    public static string OfTest(Id id, Id webhookId, DateTimeOffset now) => Body(id, Test, webhookId, now, new { webhookId });

    private static string Body(Id id, string type, Id subject, DateTimeOffset time, object data) => JsonSerializer.Serialize(
        new { specversion = "1.0", id, source = Source, type, subject, time, datacontenttype = "application/json", data }, Wire.Json);

    private static string? Word(string? state) => state is null ? null : char.ToLowerInvariant(state[0]) + state[1..];
}
