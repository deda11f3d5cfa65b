using FluentValidation;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Webhooks;

namespace Matching.Api.Webhooks;

/// <summary>A webhook and how it does.</summary>
/// <param name="Types">What it is told of.</param>
/// <param name="DisabledWhy">Why it is disabled: <c>partner</c> switched it off, it was <c>dead</c> for three days, or it said itself that it is <c>gone</c> (410).</param>
/// <param name="FailingSince">Since when nothing has been taken; none while it works.</param>
/// <param name="DeadLetters">Deliveries that were given up and lie there to be sent again.</param>
/// <param name="OldSecretUntil">Until when the secret before this one signs too.</param>
public sealed record WebhookResponse(
    Id Id, int Version, string Url, IReadOnlyList<string> Types, WebhookState State, string? DisabledWhy, DateTimeOffset? FailingSince, DateTimeOffset? LastSuccessAt,
    int DeadLetters, DateTimeOffset? OldSecretUntil, DateTimeOffset CreatedAt) : IVersioned
{
    public static async Task<WebhookResponse> OfAsync(IRows rows, DeliveryStore deliveries, WebhookRow it) => new(
        it.Id, it.Version, it.Url, it.TypesWanted, it.State, it.DisabledWhy, it.FailingSince, it.LastSuccessAt, await deliveries.CountDeadAsync(rows, it.Id),
        it.OldSecretUntil, it.CreatedAt);
}

/// <summary>An event on its way to a webhook.</summary>
/// <param name="EventId">The <c>webhook-id</c> that it goes out under, each time.</param>
/// <param name="Subject">What it is about.</param>
/// <param name="NextTryAt">When it goes out; none when it has ended or waits for another event about the same subject.</param>
/// <param name="LastStatus">What the receiver answered last.</param>
/// <param name="LastProblem">Why it was not taken: status, gone, timeout, name, address, connection, tls, redirect, disabled.</param>
public sealed record DeliveryOnWire(
    Id Id, Id EventId, string Type, Id Subject, DeliveryState State, int Tries, DateTimeOffset CreatedAt, DateTimeOffset? NextTryAt, DateTimeOffset? EndedAt,
    int? LastStatus, string? LastProblem)
{
    public static DeliveryOnWire Of(DeliveryRow it) => new(
        it.Id, it.EventId, it.Type, it.SubjectId, it.State, it.Tries, it.CreatedAt, it.DueAt, it.EndedAt, it.LastStatus, it.LastProblem);
}

/// <summary>Checks of shape that the requests about webhooks share.</summary>
public static class WebhookShapes
{
    /// <summary>All names there are fit into their column.</summary>
    private const int MostTypes = 40;

    public static void EventTypes<T>(this IRuleBuilder<T, IReadOnlyList<string>?> rule) => rule
        .Must(types => types is null or { Count: >= 1 and <= MostTypes }).Refuse(Refusals.FieldOutOfRange)
        .Must(types => types is null || types.All(Matching.Webhooks.EventTypes.IsKnown)).Refuse(Refusals.EventTypeUnknown);
}
