using System.Text.Json;
using FluentValidation;
using Matching.Api.Accounts;
using Matching.Api.Plumbing.Http;

namespace Matching.Api.Development;

/// <summary>From where on.</summary>
/// <param name="After">The last id that was read; none from the beginning.</param>
/// <param name="Take">1 to 1,000.</param>
public sealed record FollowNoticesRequest(Id? After = null, int Take = 100);

public sealed class FollowNoticesValidator : AbstractValidator<FollowNoticesRequest>
{
    public FollowNoticesValidator() => RuleFor(r => r.Take).InclusiveBetween(1, 1_000);
}

/// <summary>Notices in the order of their ids.</summary>
public sealed record FollowNoticesResponse(IReadOnlyList<FollowedNotice> Items);

/// <summary>A notice, and the account that it is for.</summary>
public sealed record FollowedNotice(Id Id, Id AccountId, string Topic, Id SubjectId, JsonElement Body, DateTimeOffset SentAt);

/// <summary>Development: what everybody was told, in the order of the ids, for tools that play many people at once.</summary>
public sealed class FollowNotices(NoticeStore notices) : Endpoint<FollowNoticesRequest, FollowNoticesResponse>
{
    public override void Configure()
    {
        Get("/development/notices");
        AllowAnyone();
        OnlyInDevelopment();
    }

    protected override async Task<Outcome<FollowNoticesResponse>> RunAsync(FollowNoticesRequest request, CancellationToken ct)
    {
        var rows = await notices.AllAfterAsync(request.After ?? Id.None, request.Take);
        return new FollowNoticesResponse(rows
            .Select(row => new FollowedNotice(row.Id, row.AccountId, row.Topic, row.SubjectId, JsonSerializer.Deserialize<JsonElement>(row.Body), row.SentAt))
            .ToList());
    }
}
